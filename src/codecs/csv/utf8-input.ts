import { MillraceError } from '../../errors.ts'
import { countLines } from './row-block.ts'

/** Turns the chunks of a file into UTF-8 without a byte order mark. `undefined` is the end, and may still give bytes. */
export type Utf8Input = (chunk: Uint8Array | undefined) => Uint8Array | undefined

const UTF8_LABELS = new Set(['utf-8', 'utf8', 'unicode-1-1-utf-8'])

/** @throws MillraceError `OPTION_INVALID` for an encoding that the platform does not know. */
export function utf8Input(encoding: string): Utf8Input {
  return UTF8_LABELS.has(encoding.toLowerCase()) ? withoutByteOrderMark() : transcoder(encoding)
}

const MARKS = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
]

function withoutByteOrderMark(): Utf8Input {
  let head: Uint8Array | undefined = new Uint8Array(0)
  return (chunk) => {
    if (head === undefined) return chunk
    const start = chunk === undefined ? head : Buffer.concat([head, chunk])
    const mark = MARKS.find(({ bytes }) => bytes.every((byte, index) => index >= start.length || start[index] === byte))
    if (chunk !== undefined && mark !== undefined && start.length < mark.bytes.length) {
      head = start
      return undefined
    }
    head = undefined
    if (mark === undefined || start.length < mark.bytes.length) return start
    if (mark.encoding === 'utf-8') return start.subarray(mark.bytes.length)
    const message = `the file is not UTF-8 but begins like ${mark.encoding}; set encoding: '${mark.encoding}'`
    throw new MillraceError('ENCODING_INVALID', message, { position: { line: 1 } })
  }
}

function transcoder(encoding: string): Utf8Input {
  const decoder = fatalDecoder(encoding)
  let line = 1
  return (chunk) => {
    try {
      const text = chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
      const bytes = Buffer.from(text)
      line += countLines(bytes, 0, bytes.length)
      return bytes
    } catch (cause) {
      // Where in the chunk it is, the decoder does not tell: a lenient one shows the first fault as U+FFFD.
      const lenient = Buffer.from(new TextDecoder(encoding).decode(chunk).split('\ufffd', 1)[0] ?? '')
      throw new MillraceError('ENCODING_INVALID', `the text is not valid ${encoding}`, {
        position: { line: line + countLines(lenient, 0, lenient.length) },
        cause,
      })
    }
  }
}

function fatalDecoder(encoding: string) {
  try {
    return new TextDecoder(encoding, { fatal: true })
  } catch (cause) {
    throw new MillraceError('OPTION_INVALID', `unknown encoding ${JSON.stringify(encoding)}`, { cause })
  }
}
