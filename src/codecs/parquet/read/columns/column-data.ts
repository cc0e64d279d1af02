import { type Data, DataType, makeData } from 'apache-arrow'
import { MillraceError } from '../../../../errors.ts'
import { usedBytes, type Values } from '../bytes/value-buffers.ts'
import { firstInvalidText } from '../encodings/text-check.ts'
import { exceeded } from '../invalid.ts'
import { bitsOfBytes } from '../kernel/booleans.ts'
import type { ReadKernel } from '../kernel/read-kernel.ts'
import type { Leaf } from '../schema/schema-shape.ts'

export interface Validity {
  /** Undefined if nothing is null. */
  readonly bitmap: Uint8Array | undefined
  readonly nulls: number
}

export interface TextCheck {
  /** True unless all values come from a checked dictionary. */
  readonly needed: boolean
  /** The row of the file, from 1, to which a slot belongs. */
  rowOf(slot: number): number
  readonly maxFieldBytes: number
}

/** The Arrow column of values that lie in their slots. Text is checked here. */
export function columnData(
  leaf: Leaf,
  values: Values,
  { bitmap, nulls }: Validity,
  text: TextCheck,
  kernel?: ReadKernel,
): Data {
  const { type } = leaf.layout
  const base = { type, length: values.count, nullCount: nulls, nullBitmap: bitmap }
  if (values.kind === 'bytes') {
    const used = usedBytes(values)
    if (used > text.maxFieldBytes) checkLengths(leaf, values.offsets, values.count, text)
    if (text.needed && DataType.isUtf8(type)) {
      const bad = firstInvalidText(values)
      if (bad >= 0) {
        const position = { row: text.rowOf(bad), column: leaf.name }
        throw new MillraceError('ENCODING_INVALID', 'a string is not valid UTF-8', { position })
      }
    }
    const valueOffsets = values.offsets.subarray(0, values.count + 1)
    return makeData({ ...base, valueOffsets, data: trimmed(values.bytes, used) } as never)
  }
  if (DataType.isBool(type)) return makeData({ ...base, data: packBits(values.bytes, values.count, kernel) } as never)
  return makeData({ ...base, data: trimmed(values.bytes, values.count * values.width) } as never)
}

function checkLengths(leaf: Leaf, offsets: Int32Array, count: number, text: TextCheck): void {
  for (let i = 0; i < count; i++) {
    if ((offsets[i + 1] as number) - (offsets[i] as number) > text.maxFieldBytes) {
      const position = { row: text.rowOf(i), column: leaf.name }
      throw exceeded(`a value is longer than ${text.maxFieldBytes} bytes (limits.maxFieldBytes)`, position)
    }
  }
}

/** The first `length` bytes; copied if the buffer is much larger than its used part. */
function trimmed(bytes: Uint8Array, length: number): Uint8Array {
  return bytes.length > length * 1.25 + 1024 ? bytes.slice(0, length) : bytes.subarray(0, length)
}

/** Bytes of 0 and 1 to bits, eight at a time. */
function packBits(bytes: Uint8Array, count: number, kernel: ReadKernel | undefined): Uint8Array {
  const bits = new Uint8Array((count + 7) >> 3)
  if (kernel !== undefined) {
    bitsOfBytes(kernel, bytes, count, bits)
    return bits
  }
  let at = 0
  for (let i = 0; i + 8 <= count; i += 8) {
    bits[at++] =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 1) |
      ((bytes[i + 2] as number) << 2) |
      ((bytes[i + 3] as number) << 3) |
      ((bytes[i + 4] as number) << 4) |
      ((bytes[i + 5] as number) << 5) |
      ((bytes[i + 6] as number) << 6) |
      ((bytes[i + 7] as number) << 7)
  }
  for (let i = at * 8; i < count; i++) bits[i >> 3] = (bits[i >> 3] as number) | ((bytes[i] as number) << (i & 7))
  return bits
}
