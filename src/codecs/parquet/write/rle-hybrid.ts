import { appendVarint, type ByteSink, reserve } from './byte-sink.ts'

/** What a repeated run costs, with the header of the bit-packed run that must follow it. */
const RUN_BITS = 40

/** Bits that a value up to `max` needs: 0 for 0. */
export function bitWidthOf(max: number): number {
  return 32 - Math.clz32(max)
}

/**
 * Append `values[start, end)` in Parquet's hybrid of run-length and bit-packed runs, `bitWidth` bits each.
 *
 * A bit-packed run holds a multiple of 8 values, so a repeated run lends it the values that it lacks; only the last run of all is
 * padded. A repeated run long enough to pay that begins at `at` or later spans the value `minRun - 1` further on, so that one is compared
 * with those before it, last first: where values differ, most are never looked at.
 */
export function appendRleHybrid(
  sink: ByteSink,
  values: Uint8Array | Int32Array,
  start: number,
  end: number,
  bitWidth: number,
): void {
  const minRun = Math.max(8, Math.ceil(RUN_BITS / Math.max(1, bitWidth)))
  let literals = start
  let at = start
  while (at + minRun <= end) {
    let first = at + minRun - 1
    const value = values[first]
    while (first > at && values[first - 1] === value) first--
    if (first > at) {
      at = first
      continue
    }
    let next = at + minRun
    while (next < end && values[next] === value) next++
    const lent = (8 - ((at - literals) & 7)) & 7
    if (next - at - lent >= minRun) {
      if (at + lent > literals) appendBitPackedRun(sink, values, literals, at + lent, bitWidth)
      appendRepeatedRun(sink, value as number, next - at - lent, bitWidth)
      literals = next
    }
    at = next
  }
  if (literals < end) appendBitPackedRun(sink, values, literals, end, bitWidth)
}

export function appendRepeatedRun(sink: ByteSink, value: number, count: number, bitWidth: number): void {
  appendVarint(sink, count * 2)
  const bytes = reserve(sink, 4)
  for (let bits = 0; bits < bitWidth; bits += 8) bytes[sink.length++] = value >>> bits
}

function appendBitPackedRun(
  sink: ByteSink,
  values: Uint8Array | Int32Array,
  start: number,
  end: number,
  bitWidth: number,
): void {
  const groups = Math.ceil((end - start) / 8)
  appendVarint(sink, groups * 2 + 1)
  const bytes = reserve(sink, groups * bitWidth)
  const { view } = sink
  const last = sink.length + groups * bitWidth
  let at = sink.length
  let pending = 0
  let pendingBits = 0
  for (let i = start; i < end; i++) {
    const value = values[i] as number
    pending |= value << pendingBits
    pendingBits += bitWidth
    if (pendingBits >= 32) {
      view.setInt32(at, pending, true)
      at += 4
      pendingBits -= 32
      // A shift by 32 is a shift by 0 in JavaScript, so a value that went out whole leaves nothing here.
      pending = pendingBits === 0 ? 0 : value >>> (bitWidth - pendingBits)
    }
  }
  for (; at < last; at++) {
    bytes[at] = pending
    pending >>>= 8
  }
  sink.length = last
}
