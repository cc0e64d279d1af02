import { MillraceError } from '../../../../errors.ts'
import { type ByteValues, type FixedValues, int32View, reserve, type Values, viewOf } from '../bytes/value-buffers.ts'
import { invalid } from '../invalid.ts'

/** Append all values of `from`, in the file's layout, to `into`, in Arrow's layout. Exact, or an error. */
export type Conversion = (from: Values, into: FixedValues) => void

/** INT_8, UINT_8, INT_16 and UINT_16, which the file stores in 32 bits. */
export function narrowInts(bits: 8 | 16, signed: boolean): Conversion {
  const min = signed ? -(2 ** (bits - 1)) : 0
  const max = min + 2 ** bits - 1
  return (from, into) => {
    const source = int32View(fixed(from).bytes)
    const target =
      bits === 8 ? into.bytes : new Uint16Array(into.bytes.buffer, into.bytes.byteOffset, into.bytes.length >> 1)
    for (let i = 0; i < from.count; i++) {
      const value = source[i] ?? 0
      if (value < min || value > max) throw invalid(`an integer does not fit the ${bits} bits of its column`)
      target[into.count + i] = value
    }
    into.count += from.count
  }
}

/** Two's complement integers of `sourceWords` 32-bit words to `targetWords`, by extending the sign. */
export function widenInts(sourceWords: 1 | 2, targetWords: number): Conversion {
  return (from, into) => {
    const source = int32View(fixed(from).bytes)
    const target = int32View(into.bytes)
    let at = into.count * targetWords
    for (let i = 0; i < from.count; i++) {
      for (let word = 0; word < sourceWords; word++) target[at++] = source[i * sourceWords + word] ?? 0
      const sign = (target[at - 1] ?? 0) >> 31
      for (let word = sourceWords; word < targetWords; word++) target[at++] = sign
    }
    into.count += from.count
  }
}

/** Decimals as big-endian two's complement bytes of one length to little-endian words of `width` bytes. */
export function fixedToDecimal(width: number): Conversion {
  return (from, into) => {
    const { bytes, width: length, count } = fixed(from)
    const view = viewOf(bytes)
    const target = int32View(into.bytes)
    const words = width >> 2
    for (let i = 0; i < count; i++)
      decimalWords(view, i * length, (i + 1) * length, target, (into.count + i) * words, words)
    into.count += count
  }
}

/** Decimals as big-endian two's complement byte strings of any length. */
export function bytesToDecimal(width: number): Conversion {
  return (from, into) => {
    const { bytes, offsets, count } = byteStrings(from)
    const view = viewOf(bytes)
    const target = int32View(into.bytes)
    const words = width >> 2
    for (let i = 0; i < count; i++) {
      decimalWords(view, offsets[i] ?? 0, offsets[i + 1] ?? 0, target, (into.count + i) * words, words)
    }
    into.count += count
  }
}

/** One decimal, its lowest word first. */
function decimalWords(view: DataView, start: number, end: number, target: Int32Array, at: number, words: number): void {
  const sign = start < end ? view.getInt8(start) >> 7 : 0
  // Bytes beyond the width may only repeat the sign.
  while (end - start > 4 * words) {
    if (view.getInt8(start++) !== sign || view.getInt8(start) >> 7 !== sign) {
      throw invalid('a decimal has more digits than the precision of its column allows')
    }
  }
  const stop = at + words
  let byte = end
  for (; byte - 4 >= start; byte -= 4) target[at++] = view.getInt32(byte - 4)
  if (byte > start) {
    let top = sign
    for (let i = start; i < byte; i++) top = (top << 8) | view.getUint8(i)
    target[at++] = top
  }
  while (at < stop) target[at++] = sign
}

const JULIAN_EPOCH = 2_440_588
const NANOS_PER_DAY = 86_400_000_000_000n

/** INT96: nanoseconds of the day, then the Julian day, to 64-bit nanoseconds or microseconds since 1970. */
export function int96ToTimestamp(unit: 'ns' | 'us'): Conversion {
  return (from, into) => {
    const { bytes, count } = fixed(from)
    const source = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const target = new BigInt64Array(into.bytes.buffer, into.bytes.byteOffset, into.bytes.length >> 3)
    for (let i = 0; i < count; i++) {
      const days = BigInt(source.getInt32(i * 12 + 8, true) - JULIAN_EPOCH)
      const nanos = days * NANOS_PER_DAY + source.getBigInt64(i * 12, true)
      if (unit === 'us' && nanos % 1000n !== 0n) throw misfit("has nanoseconds; read it with int96: 'ns'")
      const value = unit === 'us' ? nanos / 1000n : nanos
      if (BigInt.asIntN(64, value) !== value)
        throw misfit(
          unit === 'ns' ? "is beyond 64-bit nanoseconds; read it with int96: 'us'" : 'is beyond 64-bit microseconds',
        )
      target[into.count + i] = value
    }
    into.count += count
  }
}

function misfit(why: string): MillraceError {
  return new MillraceError('TYPE_MISMATCH', `an INT96 timestamp ${why}`)
}

function fixed(values: Values): FixedValues {
  if (values.kind !== 'fixed') throw invalid('values of a fixed width were expected')
  return values
}

function byteStrings(values: Values): ByteValues {
  if (values.kind !== 'bytes') throw invalid('byte strings were expected')
  return values
}

/** Convert into newly reserved space of `into`. */
export function appendConverted(from: Values, into: FixedValues, convert: Conversion): void {
  reserve(into, from.count)
  convert(from, into)
}
