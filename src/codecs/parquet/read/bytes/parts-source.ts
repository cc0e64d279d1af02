import type { ByteSource } from '../../../input/source.ts'

/** Source of a file: a {@link ByteSource}, of which only ranges are requested. */
export type FileSource = Pick<ByteSource, 'size' | 'length' | 'read'>

/** A file in several parts, which are not joined, so that its bytes are in memory once. */
export function partsSource(parts: readonly Uint8Array[]): FileSource {
  const starts: number[] = []
  let size = 0
  for (const part of parts) {
    starts.push(size)
    size += part.length
  }

  /** The part that contains the byte at `at`. */
  function partAt(at: number): number {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] as number) <= at) low = middle
      else high = middle - 1
    }
    return low
  }

  return {
    size,
    async read(start, end) {
      const first = partAt(start)
      const part = parts[first] ?? new Uint8Array(0)
      const from = start - (starts[first] ?? 0)
      if (end - start <= part.length - from) return part.subarray(from, from + end - start)
      const bytes = new Uint8Array(Math.min(end, size) - start)
      for (let index = first, at = 0; at < bytes.length; index++) {
        const next = (parts[index] as Uint8Array).subarray(index === first ? from : 0).subarray(0, bytes.length - at)
        bytes.set(next, at)
        at += next.length
      }
      return bytes
    },
  }
}
