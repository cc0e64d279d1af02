import { type FixedValues, int32View, viewOf } from '../bytes/value-buffers.ts'

/** Append entries of a dictionary of fixed-width values, in the largest words that divide the width. */
export function gatherFixed(from: FixedValues, indexes: Int32Array, count: number, into: FixedValues): void {
  const { width } = from
  if (width === 1) gatherUnits(from.bytes, indexes, count, into.bytes, into.count)
  else if (width === 2) gatherUnits(int16View(from.bytes), indexes, count, int16View(into.bytes), into.count)
  else if (width === 4) gatherUnits(int32View(from.bytes), indexes, count, int32View(into.bytes), into.count)
  else if (width === 8) gatherPairs(int32View(from.bytes), indexes, count, int32View(into.bytes), into.count)
  else if (width === 16) gatherQuads(int32View(from.bytes), indexes, count, int32View(into.bytes), into.count)
  else if (width > LONG_VALUE) gatherLong(from.bytes, indexes, count, into.bytes, into.count, width)
  else gatherRuns(from.bytes, indexes, count, into.bytes, into.count, width)
  into.count += count
}

/** Values over this many bytes are copied by a native call, shorter ones by a loop, which costs less. */
const LONG_VALUE = 128

type Units = Uint8Array | Int16Array | Int32Array

function int16View({ buffer, byteOffset, byteLength }: Uint8Array): Int16Array {
  return new Int16Array(buffer, byteOffset, byteLength >> 1)
}

function gatherUnits<U extends Units>(from: U, indexes: Int32Array, count: number, into: U, at: number): void {
  for (let i = 0; i < count; i++) into[at + i] = from[indexes[i] as number] as number
}

function gatherPairs(from: Int32Array, indexes: Int32Array, count: number, into: Int32Array, at: number): void {
  for (let i = 0, to = 2 * at; i < count; i++, to += 2) {
    const source = 2 * (indexes[i] as number)
    into[to] = from[source] as number
    into[to + 1] = from[source + 1] as number
  }
}

/** Decimals of 128 bits and UUIDs. */
function gatherQuads(from: Int32Array, indexes: Int32Array, count: number, into: Int32Array, at: number): void {
  for (let i = 0, to = 4 * at; i < count; i++, to += 4) {
    const source = 4 * (indexes[i] as number)
    into[to] = from[source] as number
    into[to + 1] = from[source + 1] as number
    into[to + 2] = from[source + 2] as number
    into[to + 3] = from[source + 3] as number
  }
}

/** Unaligned words, then the remaining bytes. */
function gatherRuns(
  from: Uint8Array,
  indexes: Int32Array,
  count: number,
  into: Uint8Array,
  at: number,
  width: number,
): void {
  const source = viewOf(from)
  const view = viewOf(into)
  let to = at * width
  for (let i = 0; i < count; i++) {
    let byte = (indexes[i] as number) * width
    const end = byte + width
    for (; byte + 4 <= end; byte += 4, to += 4) view.setInt32(to, source.getInt32(byte))
    while (byte < end) into[to++] = from[byte++] as number
  }
}

function gatherLong(
  from: Uint8Array,
  indexes: Int32Array,
  count: number,
  into: Uint8Array,
  at: number,
  width: number,
): void {
  for (let i = 0, to = at * width; i < count; i++, to += width) {
    const byte = (indexes[i] as number) * width
    into.set(from.subarray(byte, byte + width), to)
  }
}
