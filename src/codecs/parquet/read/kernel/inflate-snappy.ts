import { SLACK } from '../../../../../kernels/parquet-read/record.ts'
import { corruptSnappy, firstElement } from '../pages/snappy-decompress.ts'
import type { ReadKernel } from './read-kernel.ts'

/** One call inflates about so many bytes, so that the first is fast soon. */
const STEP_BYTES = 64 * 1024

/** Inflate a snappy block into `output`, which it has to fill. */
export function inflateInKernel({ exports, memory }: ReadKernel, bytes: Uint8Array, output: Uint8Array): void {
  const top = memory.top
  try {
    const elements = bytes.subarray(firstElement(bytes))
    let from = memory.reserve(elements.length + SLACK)
    const start = memory.reserve(output.length + SLACK)
    memory.bytes.set(elements, from)
    const end = from + elements.length
    const limit = start + output.length
    let to = start
    while (from < end) {
      if (exports.inflateSnappy(from, end, start, to, limit, to + STEP_BYTES) === 0) throw corruptSnappy()
      from = exports.inflatedFrom.value >>> 0
      to = exports.inflatedTo.value >>> 0
    }
    if (to !== limit) throw corruptSnappy()
    output.set(memory.bytes.subarray(start, limit))
  } finally {
    memory.release(top)
  }
}
