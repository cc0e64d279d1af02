import type { Boundary } from './csv-boundary.ts'

/** Bytes after a boundary of which rows are surveyed. */
const SAMPLE_BYTES = 64 * 1024
const LF = 0x0a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/**
 * Find where an object of NDJSON begins in a piece from the midst of a file: at a brace that begins a line, where the line before ends with one. No valid
 * object has that inside, laid out over lines or not, since its strings hold no line break; and an object that is not valid is rejected up to such a place.
 *
 * @returns undefined where there is none. O(bytes).
 */
export function ndjsonBoundary(probe: Uint8Array): Boundary | undefined {
  const at = objectStart(probe, 0)
  if (at === undefined) return undefined
  let sampleEnd = at
  for (
    let next: number | undefined = at;
    next !== undefined && next < at + SAMPLE_BYTES;
    next = objectStart(probe, next)
  )
    sampleEnd = next
  return { at, sampleEnd }
}

function objectStart(bytes: Uint8Array, from: number): number | undefined {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] !== OPEN_BRACE) continue
    let before = at - 1
    while (before >= 0 && isBlank(bytes[before])) before--
    if (bytes[before] === CLOSE_BRACE) return at + 1
  }
  return undefined
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d
}
