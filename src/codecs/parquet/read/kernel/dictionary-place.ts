import { SLACK } from '../../../../../kernels/parquet-read/record.ts'
import type { KernelMemory } from '../../../../internal/kernel.ts'
import { type Dictionary, usedBytes } from '../bytes/value-buffers.ts'

/** Offsets of a dictionary in a kernel: of its values, or of the offsets and the bytes of its texts. */
export interface DictionaryPlace {
  readonly values: number
  readonly text: number
}

/** Dictionaries of a row group beyond this many bytes are left to TypeScript. */
const MAX_BYTES = 16 * 1024 * 1024
/** Longer texts are copied as well by TypeScript. */
const MAX_TEXT = 1024
const WIDTHS = [4, 8, 16]

/** @param held - bytes of the dictionaries that lie there already. */
export function placeDictionary(
  memory: KernelMemory,
  held: number,
  { values, longestValue }: Dictionary,
): DictionaryPlace | undefined {
  if (values.kind === 'fixed') {
    const size = values.count * values.width
    if (!WIDTHS.includes(values.width) || held + size > MAX_BYTES) return undefined
    return { values: placed(memory, values.bytes, size), text: 0 }
  }
  const size = usedBytes(values)
  const { offsets, count } = values
  if (longestValue > MAX_TEXT || held + size + 4 * count > MAX_BYTES) return undefined
  const bytes = new Uint8Array(offsets.buffer, offsets.byteOffset, 4 * (count + 1))
  return { values: placed(memory, bytes, bytes.length), text: placed(memory, values.bytes, size) }
}

function placed(memory: KernelMemory, bytes: Uint8Array, size: number): number {
  const at = memory.reserve(size + SLACK)
  memory.bytes.set(bytes.subarray(0, size), at)
  return at
}
