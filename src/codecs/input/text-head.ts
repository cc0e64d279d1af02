import { MillraceError } from '../../errors.ts'
import { isValidUtf8 } from '../../internal/utf8.ts'

/** Bytes by which a file's format is detected. */
const HEAD_BYTES = 1024
/** The share of NUL bytes in the head from which it is not text in the requested encoding. */
const MAX_NUL_SHARE = 1 / 4

/** First bytes of formats that are not text, with their names. `gzip` and `zstd` wrap text, and `codecFor` unwraps them. */
const FORMATS: readonly (readonly [name: string, magic: string])[] = [
  ['gzip', '1f8b08'],
  ['zstd', '28b52ffd'],
  // Skippable frames, which parallel compressors put before each of their frames.
  ['zstd', '5.2a4d18'],
  ['zip', '504b0304'],
  ['zip', '504b0506'],
  ['xz', 'fd377a585a00'],
  ['bzip2', '425a68..314159265359'],
  ['bzip2', '425a68..177245385090'],
  ['LZ4', '04224d18'],
  ['compress (.Z)', '1f9d90'],
  ['framed Snappy', 'ff060000734e61507059'],
  ['7z', '377abcaf271c'],
  ['Excel', 'd0cf11e0a1b11ae1'],
  ['Parquet', '5041523115'],
  ['Avro', '4f626a01'],
]

/** Byte order marks, longer ones first. */
const BYTE_ORDER_MARKS: readonly (readonly [encoding: string, mark: string])[] = [
  ['utf-32le', 'fffe0000'],
  ['utf-32be', '0000feff'],
  ['utf-8', 'efbbbf'],
  ['utf-16le', 'fffe'],
  ['utf-16be', 'feff'],
]

/** The rule of a text format for its encoding. */
export interface TextEncodingChoice {
  /** The encoding in which the text is read, in lower case. */
  readonly encoding: string
  /** True if the user can set another one with the option `encoding`. */
  readonly isOption: boolean
}

/** Forwards the bytes of a file, the first of them in one chunk. Call it with chunks, and with undefined at the end. */
export type HeadFirst = (chunk: Uint8Array | undefined) => Uint8Array | undefined

/**
 * Hold back the first bytes of a text file until they can be checked, then forward all bytes.
 *
 * @throws MillraceError what {@link checkTextHead} throws.
 */
export function textHead(choice: TextEncodingChoice): HeadFirst {
  return headFirst(HEAD_BYTES, (bytes) => checkTextHead(bytes, choice))
}

/** Hold back the first bytes of a file until there are enough, or all. @param judge - called with the bytes held back. */
export function headFirst(length: number, judge: (bytes: Uint8Array) => void = () => {}): HeadFirst {
  let head: Uint8Array | undefined = new Uint8Array(0)
  return (chunk) => {
    if (head === undefined) return chunk
    const bytes: Uint8Array = chunk === undefined ? head : head.length === 0 ? chunk : Buffer.concat([head, chunk])
    if (chunk !== undefined && bytes.length < length) {
      // The chunk's memory may be reused.
      head = bytes === chunk ? chunk.slice() : bytes
      return undefined
    }
    judge(bytes)
    head = undefined
    return bytes
  }
}

/**
 * Check a text file by its first bytes.
 *
 * @throws MillraceError `ENCODING_INVALID` if they are compressed, or text in another encoding; `UNSUPPORTED_FORMAT` if they have another format.
 */
export function checkTextHead(bytes: Uint8Array, choice: TextEncodingChoice): void {
  const head = bytes.subarray(0, HEAD_BYTES)
  const { encoding } = choice
  const [format] = FORMATS.find(([, magic]) => beginsWith(head, magic)) ?? []
  if (format !== undefined) throw otherFormat(format)
  const [marked] = BYTE_ORDER_MARKS.find(([, mark]) => beginsWith(head, mark)) ?? []
  if (marked !== undefined && marked !== encoding)
    throw otherEncoding(marked, 'begins with the byte order mark of', choice)
  if (encoding.startsWith('utf-16')) {
    if (marked === undefined) checkUnmarkedUtf16(head, choice)
  } else if (head.length > 0 && nulsOf(head, 0, 1) >= head.length * MAX_NUL_SHARE) throw manyNuls(head, choice)
}

function beginsWith(bytes: Uint8Array, magic: string): boolean {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, magic.length / 2)).toString('hex')
  return start.length === magic.length && new RegExp(`^${magic}`).test(start)
}

/** Without a byte order mark, delimiters and line breaks distinguish UTF-16 from single-byte text and from the other byte order. */
function checkUnmarkedUtf16(head: Uint8Array, choice: TextEncodingChoice): void {
  if (isByteText(head)) {
    if (isUtf8(head)) throw otherEncoding('utf-8', 'holds no NUL byte and looks like', choice)
    throw invalidEncoding(
      `the file is not ${choice.encoding}: it holds no NUL byte; set encoding to its single-byte encoding, such as 'windows-1252'`,
    )
  }
  if (head.length > 0 && nulUnits(head) * 2 >= head.length * MAX_NUL_SHARE) throw manyNuls(head, choice, FILE_START)
  const isBigEndian = choice.encoding === 'utf-16be'
  if (isSwapped(asciiUnits(head, isBigEndian), asciiUnits(head, !isBigEndian))) {
    throw otherEncoding(isBigEndian ? 'utf-16le' : 'utf-16be', 'has the byte order of', choice)
  }
}

/**
 * Decide by line breaks, whose swapped forms never occur in text; without line breaks, text is swapped if most of it
 * becomes ASCII by swapping. Only zero-free bytes of ASCII are not, since U+4E00 and others swap to control characters.
 */
function isSwapped(units: AsciiUnits, swapped: AsciiUnits): boolean {
  if (units.breaks + swapped.breaks > 0) return units.breaks === 0
  return units.all >= MIN_UNITS && units.ascii === 0 && swapped.ascii >= units.all * MIN_ASCII_SHARE
}

interface AsciiUnits {
  readonly all: number
  readonly ascii: number
  readonly breaks: number
}

const MIN_UNITS = 4

/** The share of ASCII from which bytes without a NUL are single-byte text, and swapped units are text. */
const MIN_ASCII_SHARE = 3 / 4

/** Check that bytes hold a single-byte line break and no NUL, which every line break in UTF-16 has. */
function isByteText(head: Uint8Array): boolean {
  if (head.includes(0) || !(head.includes(0x0a) || head.includes(0x0d))) return false
  return isUtf8(head) || head.filter(isAscii).length >= head.length * MIN_ASCII_SHARE
}

function isUtf8(head: Uint8Array): boolean {
  // The last character may be cut.
  return [0, 1, 2, 3].some((cut) => isValidUtf8(head, 0, Math.max(0, head.length - cut)))
}

function nulUnits(head: Uint8Array): number {
  let count = 0
  for (let at = 1; at < head.length; at += 2) if (head[at - 1] === 0 && head[at] === 0) count++
  return count
}

/** Count the characters of a text in UTF-16 that are ASCII, excluding control characters other than tabs and line breaks. */
function asciiUnits(head: Uint8Array, isBigEndian: boolean): AsciiUnits {
  let ascii = 0
  let breaks = 0
  for (let at = 0; at + 1 < head.length; at += 2) {
    if (head[isBigEndian ? at : at + 1] !== 0) continue
    const low = head[isBigEndian ? at + 1 : at] as number
    if (isAscii(low)) ascii++
    if (low === 0x0a || low === 0x0d) breaks++
  }
  return { all: head.length >> 1, ascii, breaks }
}

function isAscii(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d
}

function nulsOf(bytes: Uint8Array, start: number, step: number): number {
  let count = 0
  for (let at = start; at < bytes.length; at += step) if (bytes[at] === 0) count++
  return count
}

/** The error for NUL bytes in text. */
export function manyNuls(head: Uint8Array, choice: TextEncodingChoice, position: Position = FILE_START): MillraceError {
  const otherEncoding = (found: string, how: string) => invalidEncoding(notIn(found, how, choice), position)
  if (choice.encoding.startsWith('utf-16')) return otherEncoding('utf-32', 'holds NUL characters and looks like')
  const [first, second, third, fourth] = [0, 1, 2, 3].map((place) => nulsOf(head, place, 4) > head.length / 16)
  const isWide = [first, second, third, fourth].filter(Boolean).length > 2
  if (isWide) return otherEncoding(fourth ? 'utf-32le' : 'utf-32be', 'holds NUL bytes and looks like')
  if (second && fourth && !first && !third) return otherEncoding('utf-16le', 'holds NUL bytes and looks like')
  if (first && third && !second && !fourth) return otherEncoding('utf-16be', 'holds NUL bytes and looks like')
  return invalidEncoding(
    `the file holds NUL bytes, so it is not text in ${choice.encoding}; convert it to UTF-8`,
    position,
  )
}

function otherFormat(name: string): MillraceError {
  if (name === 'gzip' || name === 'zstd') {
    return invalidEncoding(
      `the file is ${name}: read it through codecFor, by a key that ends in .${name === 'gzip' ? 'gz' : 'zst'} or with compression: '${name}'`,
    )
  }
  const advice = name === 'Parquet' ? 'read it with parquet()' : 'extract or convert it first'
  return new MillraceError('UNSUPPORTED_FORMAT', `the file is ${name}, not text: ${advice}`, {
    position: { byteOffset: 0 },
  })
}

function otherEncoding(found: string, how: string, choice: TextEncodingChoice): MillraceError {
  return invalidEncoding(notIn(found, how, choice))
}

function notIn(found: string, how: string, { encoding, isOption }: TextEncodingChoice): string {
  const isReadable = isOption && !found.startsWith('utf-32')
  const advice = isReadable ? `set encoding: '${found}'` : 'convert it to UTF-8'
  return `the file is not ${encoding} but ${how} ${found}; ${advice}`
}

type Position = NonNullable<MillraceError['position']>
const FILE_START: Position = { line: 1, byteOffset: 0 }

function invalidEncoding(message: string, position = FILE_START): MillraceError {
  return new MillraceError('ENCODING_INVALID', message, { position })
}
