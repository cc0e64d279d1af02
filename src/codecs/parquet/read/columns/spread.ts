import { type FixedValues, int32View, reserve, type Values } from '../bytes/value-buffers.ts'

/** Move values that lie without gaps to their slots, nulls between them, from the last one back, in place. Null slots become zero. */
export function spread(values: Values, slots: number, validity: Uint8Array): void {
  const present = values.count
  reserve(values, slots - present)
  if (values.kind === 'bytes') spreadOffsets(values.offsets, present, slots, validity)
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
  if (width === 4) spreadWords(int32View(bytes), present, slots, validity)
  else if (width === 8) spreadWordPairs(int32View(bytes), present, slots, validity)
  else spreadRuns(bytes, width, present, slots, validity)
}

function spreadWords(words: Int32Array, present: number, slots: number, validity: Uint8Array): void {
  let from = present - 1
  for (let to = slots - 1; to >= 0; to--) {
    if (((validity[to >> 3] as number) >> (to & 7)) & 1) words[to] = words[from--] as number
    else words[to] = 0
  }
}

function spreadWordPairs(words: Int32Array, present: number, slots: number, validity: Uint8Array): void {
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

function spreadRuns(bytes: Uint8Array, width: number, present: number, slots: number, validity: Uint8Array): void {
  let from = present - 1
  for (let to = slots - 1; to >= 0; to--) {
    if (((validity[to >> 3] as number) >> (to & 7)) & 1) {
      if (from !== to) bytes.copyWithin(to * width, from * width, (from + 1) * width)
      from--
    } else bytes.fill(0, to * width, (to + 1) * width)
  }
}
