import { invalid } from '../invalid.ts'

/** Literals over this length are copied by a native call, shorter ones by a loop, which costs less. */
export const LONG_LITERAL = 48

/**
 * Inflate a snappy block (format_description.txt of google/snappy) into `output`, which it has to fill.
 *
 * For the few pages that are not worth a kernel or too large for one. hyparquet's decoder is not used, for a literal of
 * negative length makes it loop forever. One loop over the elements: literals, and copies of earlier output.
 */
export function snappyInflate(input: Uint8Array, output: Uint8Array): void {
  const size = output.length
  const end = input.length
  let at = firstElement(input)
  let to = 0
  while (at < end) {
    const tag = input[at++] as number
    const kind = tag & 3
    if (kind === 0) {
      let length = tag >> 2
      if (length >= 60) {
        const bytes = length - 59
        length = littleEndian(input, at, bytes)
        at += bytes
      }
      length++
      if (length > end - at || length > size - to) throw corruptSnappy()
      if (length > LONG_LITERAL) {
        output.set(input.subarray(at, at + length), to)
        at += length
        to += length
      } else for (const stop = at + length; at < stop; ) output[to++] = input[at++] as number
      continue
    }
    const bytes = kind === 3 ? 4 : kind
    const low = littleEndian(input, at, bytes)
    at += bytes
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
    const distance = kind === 1 ? ((tag >> 5) << 8) | low : low
    if (at > end || distance === 0 || distance > to || length > size - to) throw corruptSnappy()
    for (const stop = to + length; to < stop; to++) output[to] = output[to - distance] as number
  }
  if (to !== size) throw corruptSnappy()
}

/** Offset of the elements of a block, behind its length. */
export function firstElement(input: Uint8Array): number {
  return input.findIndex((byte) => byte < 0x80) + 1
}

/** An unsigned number of 1 to 4 bytes. */
export function littleEndian(input: Uint8Array, at: number, bytes: number): number {
  let value = 0
  for (let i = 0; i < bytes; i++) value |= (input[at + i] ?? 0) << (8 * i)
  return value >>> 0
}

export function corruptSnappy() {
  return invalid('a snappy page is corrupt')
}
