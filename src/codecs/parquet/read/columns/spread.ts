import { type FixedValues, int32View, reserve, type Values } from '../bytes/value-buffers.ts'
import type { ReadKernel } from '../kernel/read-kernel.ts'
import { spreadInKernel, spreadsInKernel } from '../kernel/spread-values.ts'

/** Move values that lie without gaps to their slots, nulls between them, from the last one back, in place. Null slots become zero. */
export function spread(values: Values, slots: number, validity: Uint8Array, kernel?: ReadKernel): void {
  const present = values.count
  reserve(values, slots - present)
  if (kernel !== undefined && spreadsInKernel(values)) spreadInKernel(kernel, values, slots, validity)
  else if (values.kind === 'bytes') spreadOffsets(values.offsets, present, slots, validity)
  else spreadFixed(values, present, slots, validity)
  values.count = slots
}

function spreadOffsets(offsets: Int32Array, present: number, slots: number, validity: Uint8Array): void {
  let from = present
  for (let to = slots; to > 0; to--) {
    offsets[to] = offsets[from] as number
    from -= ((validity[(to - 1) >> 3] as number) >> ((to - 1) & 7)) & 1
  }
}

function spreadFixed(values: FixedValues, present: number, slots: number, validity: Uint8Array): void {
  const { width, bytes } = values
  if (width === 1) spreadUnits(bytes, present, slots, validity)
  else if (width === 2) spreadUnits(new Int16Array(bytes.buffer, bytes.byteOffset, slots), present, slots, validity)
  else if (width === 4) spreadUnits(int32View(bytes), present, slots, validity)
  else if (width === 8) spreadPairs(int32View(bytes), present, slots, validity)
  else if (width % 4 === 0) spreadRuns(int32View(bytes), width >> 2, present, slots, validity)
  else spreadRuns(bytes, width, present, slots, validity)
}

function spreadUnits(
  units: Uint8Array | Int16Array | Int32Array,
  present: number,
  slots: number,
  validity: Uint8Array,
): void {
  let from = present - 1
  for (let to = slots - 1; to >= 0; to--) {
    if (((validity[to >> 3] as number) >> (to & 7)) & 1) units[to] = units[from--] as number
    else units[to] = 0
  }
}

function spreadPairs(words: Int32Array, present: number, slots: number, validity: Uint8Array): void {
  let from = 2 * (present - 1)
  for (let slot = slots - 1, to = 2 * slot; slot >= 0; slot--, to -= 2) {
    if (((validity[slot >> 3] as number) >> (slot & 7)) & 1) {
      words[to] = words[from] as number
      words[to + 1] = words[from + 1] as number
      from -= 2
    } else {
      words[to] = 0
      words[to + 1] = 0
    }
  }
}

/** Values of more units than this are moved by a native call, shorter ones by a loop, which costs less. */
const LONG_VALUE = 16

/** Values of `width` words or bytes. */
function spreadRuns(
  units: Uint8Array | Int32Array,
  width: number,
  present: number,
  slots: number,
  validity: Uint8Array,
): void {
  if (width > LONG_VALUE) {
    spreadLong(units, width, present, slots, validity)
    return
  }
  let from = present * width - 1
  let to = slots * width - 1
  for (let slot = slots - 1; slot >= 0; slot--) {
    const end = to - width
    if (((validity[slot >> 3] as number) >> (slot & 7)) & 1) while (to > end) units[to--] = units[from--] as number
    else while (to > end) units[to--] = 0
  }
}

function spreadLong(
  units: Uint8Array | Int32Array,
  width: number,
  present: number,
  slots: number,
  validity: Uint8Array,
): void {
  let from = (present - 1) * width
  for (let slot = slots - 1, to = slot * width; slot >= 0; slot--, to -= width) {
    if (((validity[slot >> 3] as number) >> (slot & 7)) & 1) {
      units.copyWithin(to, from, from + width)
      from -= width
    } else units.fill(0, to, to + width)
  }
}
