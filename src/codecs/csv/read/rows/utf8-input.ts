import { MillraceError } from '../../../../errors.ts'
import { headFirst, textHead } from '../../../input/text-head.ts'

/** Turns the chunks of a file into UTF-8 without a byte order mark. `undefined` marks the end, and may still return bytes. */
export type Utf8Input = (chunk: Uint8Array | undefined) => Uint8Array | undefined

/**
 * Bytes that are not valid in the file's encoding become a byte that is not valid UTF-8 either, so that only its row is
 * rejected, like any wrongly encoded row.
 *
 * @throws MillraceError `OPTION_INVALID` for an encoding that the platform does not support; the input throws as {@link textHead} does.
 */
export function utf8Input(label: string): Utf8Input {
  const decoder = decoderOf(label)
  const { encoding } = decoder
  const head = textHead({ encoding, isOption: true })
  const toUtf8 = transcoderOf(decoder)
  return (chunk) => {
    const bytes = head(chunk)
    if (chunk !== undefined) return bytes && toUtf8(bytes)
    // The bytes of a short file held back for the head check, and those of the transcoder.
    const parts = [bytes && toUtf8(bytes), toUtf8(undefined)].filter((part) => part !== undefined)
    return parts.length > 1 ? Buffer.concat(parts) : parts[0]
  }
}

/** The input of the first part of a file in UTF-8, which was checked when the file was split: a part may have too few bytes for the check. */
export function judgedInput(): Utf8Input {
  const head = headFirst(BYTE_ORDER_MARK.length)
  const withoutMark = withoutByteOrderMark()
  return (chunk) => {
    const bytes = head(chunk)
    return bytes && withoutMark(bytes)
  }
}

function transcoderOf(decoder: ReturnType<typeof decoderOf>): Utf8Input {
  if (decoder.encoding === 'utf-8') return withoutByteOrderMark()
  if (decoder.encoding === 'windows-1252') return fromWindows1252
  return decoder.encoding.startsWith('utf-16') ? utf16Transcoder(decoder.encoding) : transcoder(decoder)
}

const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf)

/** The first chunk is the whole head, so that the byte order mark is not cut. */
function withoutByteOrderMark(): Utf8Input {
  let isStart = true
  return (chunk) => {
    if (!isStart || chunk === undefined) return chunk
    isStart = false
    return BYTE_ORDER_MARK.every((byte, at) => chunk[at] === byte) ? chunk.subarray(BYTE_ORDER_MARK.length) : chunk
  }
}

const INVALID_BYTE = Buffer.of(0xff)
const LONE_SURROGATE = /\p{Surrogate}/u

/** UTF-8 of a text, with an invalid byte for every match. */
function utf8With(text: string, invalid: string | RegExp): Uint8Array {
  const [first = '', ...others] = text.split(invalid)
  if (others.length === 0) return Buffer.from(first)
  return Buffer.concat([Buffer.from(first), ...others.flatMap((part) => [INVALID_BYTE, Buffer.from(part)])])
}

/** Characters of 0x80 to 0x9f; all other bytes are Latin-1. */
const WINDOWS_1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178'

/** Transcode by hand, since the decoder of Node 20 reads these bytes as Latin-1. */
function fromWindows1252(chunk: Uint8Array | undefined): Uint8Array | undefined {
  if (chunk === undefined) return undefined
  const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')
  return Buffer.from(text.replace(/[\x80-\x9f]/g, (byte) => WINDOWS_1252.charAt(byte.charCodeAt(0) - 0x80)))
}

/** Bytes that the platform's decoder needs at a time: with one or two after an invalid sequence it throws instead of continuing. */
const MIN_DECODED_BYTES = 16

/** Transcode with the platform's decoder. Besides Unicode only gb18030 has U+FFFD itself; there it counts as invalid too. */
function transcoder(decoder: ReturnType<typeof decoderOf>): Utf8Input {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    if (chunk === undefined) return utf8With(decoder.decode(rest), '\ufffd')
    const bytes = Buffer.concat([rest, chunk])
    const ready = bytes.length < 2 * MIN_DECODED_BYTES ? 0 : bytes.length - MIN_DECODED_BYTES
    rest = bytes.subarray(ready)
    return ready === 0 ? undefined : utf8With(decoder.decode(bytes.subarray(0, ready), { stream: true }), '\ufffd')
  }
}

/** Transcode by hand, since a decoder returns U+FFFD for a lone surrogate, and the text may contain U+FFFD as well. */
function utf16Transcoder(encoding: string): Utf8Input {
  const isBigEndian = encoding === 'utf-16be'
  let isStart = true
  let rest: Uint8Array = new Uint8Array(0)
  return (chunk) => {
    const bytes = Buffer.concat(chunk === undefined ? [rest] : [rest, chunk])
    const units = bytes.length >> 1
    const last = units === 0 ? 0 : bytes[2 * units - (isBigEndian ? 2 : 1)]
    // The first half of a pair waits for the second.
    const whole = chunk !== undefined && last !== undefined && last >> 2 === 0xd8 >> 2 ? units - 1 : units
    rest = bytes.subarray(2 * whole)
    const wholeBytes = bytes.subarray(0, 2 * whole)
    let text = (isBigEndian ? wholeBytes.swap16() : wholeBytes).toString('utf16le')
    if (isStart && text !== '') {
      isStart = false
      if (text.startsWith('\ufeff')) text = text.slice(1)
    }
    const isCut = chunk === undefined && rest.length > 0
    return isCut ? Buffer.concat([utf8With(text, LONE_SURROGATE), INVALID_BYTE]) : utf8With(text, LONE_SURROGATE)
  }
}

function decoderOf(encoding: string) {
  try {
    return new TextDecoder(encoding)
  } catch (cause) {
    throw new MillraceError('OPTION_INVALID', `unknown encoding ${JSON.stringify(encoding)}`, { cause })
  }
}
