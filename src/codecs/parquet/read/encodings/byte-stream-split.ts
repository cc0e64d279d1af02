import { reserve } from '../bytes/value-buffers.ts'
import { invalid } from '../invalid.ts'
import type { ValueDecoder } from './decoder.ts'

/** BYTE_STREAM_SPLIT: the first bytes of all values, then the second bytes, and so on. */
export function byteStreamSplitDecoder(bytes: Uint8Array, width: number): ValueDecoder {
  const values = Math.floor(bytes.length / width)
  let next = 0
  return {
    longestValue: 0,
    read(count, into) {
      if (into.kind !== 'fixed') throw invalid('values of a fixed width were expected')
      if (next + count > values) throw invalid('a page ends before its values')
      reserve(into, count)
      const target = into.bytes
      for (let byte = 0; byte < width; byte++) {
        let from = byte * values + next
        const start = into.count * width + byte
        for (let to = start, end = start + count * width; to < end; to += width) target[to] = bytes[from++] as number
      }
      next += count
      into.count += count
    },
  }
}
