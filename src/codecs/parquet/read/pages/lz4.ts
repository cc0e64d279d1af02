import { invalid } from '../invalid.ts'

/**
 * Parquet's codec `LZ4`: blocks in Hadoop's frame of two big-endian lengths or, from other writers, one bare block.
 */
export function lz4Decompress(input: Uint8Array, size: number): Uint8Array {
  return hadoopLz4(input, size) ?? lz4Raw(input, size)
}

/** `LZ4_RAW`: one block. */
export function lz4Raw(input: Uint8Array, size: number): Uint8Array {
  const output = new Uint8Array(size)
  if (lz4Block(input, 0, input.length, output, 0) !== size)
    throw invalid('the size of an LZ4 page differs from its header')
  return output
}

function hadoopLz4(input: Uint8Array, size: number): Uint8Array | undefined {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const frames: { at: number; end: number; length: number }[] = []
  let total = 0
  for (let at = 0; at < input.length; ) {
    if (at + 8 > input.length) return undefined
    const length = view.getUint32(at)
    const end = at + 8 + view.getUint32(at + 4)
    total += length
    if (end > input.length || total > size) return undefined
    frames.push({ at: at + 8, end, length })
    at = end
  }
  if (total !== size) return undefined
  const output = new Uint8Array(size)
  let written = 0
  for (const { at, end, length } of frames) {
    if (lz4Block(input, at, end, output, written) !== written + length)
      throw invalid('the size of an LZ4 frame differs from its header')
    written += length
  }
  return output
}

/** Decode one LZ4 block into `output` from `to` on; returns its end. One loop: literals, then a match, until the input ends. */
function lz4Block(input: Uint8Array, at: number, end: number, output: Uint8Array, to: number): number {
  const first = to
  while (at < end) {
    const token = input[at++] as number
    let literals = token >> 4
    if (literals === 15) {
      let more = 255
      while (more === 255 && at < end) literals += more = input[at++] as number
    }
    if (literals > end - at || literals > output.length - to) throw invalid('an LZ4 page is corrupt')
    if (literals > 32) output.set(input.subarray(at, at + literals), to)
    else for (let i = 0; i < literals; i++) output[to + i] = input[at + i] as number
    at += literals
    to += literals
    if (at === end) return to
    if (at + 2 > end) break
    const distance = (input[at] as number) | ((input[at + 1] as number) << 8)
    at += 2
    let length = (token & 15) + 4
    if (length === 19) {
      let more = 255
      while (more === 255 && at < end) length += more = input[at++] as number
    }
    if (distance === 0 || distance > to - first || length > output.length - to) break
    if (distance >= length && length > 32) output.copyWithin(to, to - distance, to - distance + length)
    else for (let i = 0; i < length; i++) output[to + i] = output[to - distance + i] as number
    to += length
  }
  throw invalid('an LZ4 page is corrupt')
}
