import { CR, LF } from './row-index.ts'

/** The lines before the rows of a file. */
export interface LeadingLines {
  /** The physical line of the first byte of {@link LeadingLines.rest}. */
  readonly line: number
  /** The delimiter that a line `sep=X` names. */
  readonly delimiter: string | undefined
  readonly rest: Uint8Array
}

/** Bytes of the longest line `sep=X`, a character of four bytes and both line breaks included. */
const MAX_SEPARATOR_BYTES = 10
const SEPARATOR_LINE = /^sep=([^\r\n])(?:\r\n|\n|\r|$)/iu

/**
 * Skip `count` physical lines, and the line `sep=X` that names the delimiter for Excel if it comes next. Call it with
 * the bytes of the file, and undefined at the end, until it returns a result.
 */
export function leadingLines(count: number): (chunk: Uint8Array | undefined) => LeadingLines | undefined {
  let line = 1
  let held: Uint8Array = new Uint8Array(0)
  return (chunk) => {
    const isLast = chunk === undefined
    let bytes = chunk === undefined ? held : held.length === 0 ? chunk : Buffer.concat([held, chunk])
    while (line <= count) {
      const end = lineEnd(bytes, isLast)
      if (end < 0) break
      bytes = bytes.subarray(end)
      line++
    }
    if (!isLast && (line <= count || bytes.length < MAX_SEPARATOR_BYTES)) {
      held = line <= count ? unfinished(bytes) : bytes.slice()
      return undefined
    }
    if (line <= count) return { line, delimiter: undefined, rest: new Uint8Array(0) }
    const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_SEPARATOR_BYTES)).toString()
    const [found = '', delimiter] = SEPARATOR_LINE.exec(start) ?? []
    return { line: found === '' ? line : line + 1, delimiter, rest: bytes.subarray(Buffer.byteLength(found)) }
  }
}

/** The offset after the first line break, -1 if there is none yet. */
function lineEnd(bytes: Uint8Array, isLast: boolean): number {
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === LF) return at + 1
    if (bytes[at] !== CR) continue
    if (at + 1 < bytes.length) return bytes[at + 1] === LF ? at + 2 : at + 1
    return isLast ? at + 1 : -1
  }
  return -1
}

/** Bytes to keep of a skipped line that has not ended: a carriage return, which a line feed may follow. */
function unfinished(bytes: Uint8Array): Uint8Array {
  return bytes.slice(bytes.at(-1) === CR ? -1 : bytes.length)
}
