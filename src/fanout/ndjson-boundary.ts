import type { Boundary } from './csv-boundary.ts'

/** Bytes after a boundary in which rows are surveyed. */
const SAMPLE_BYTES = 64 * 1024
const LF = 0x0a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/**
 * Find the beginning of an NDJSON object in a piece from the middle of a file: a brace that begins a line, after a line
 * that ends with one. No valid object contains that, laid out over lines or not, since its strings have no line breaks;
 * and an invalid object is rejected up to such a position.
 *
 * @returns undefined if there is none. O(bytes).
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
