import { describe, expect, test } from 'vitest'
import { byteValues, fixedValues, type Values } from '../../../../../src/codecs/parquet/read/bytes/value-buffers.ts'
import {
  appendConverted,
  bytesToDecimal,
  type Conversion,
  fixedToDecimal,
  int96ToTimestamp,
  narrowInts,
  widenInts,
} from '../../../../../src/codecs/parquet/read/schema/conversions.ts'

function fixed(width: number, bytes: Uint8Array): Values {
  return { ...fixedValues(width, 0), bytes, count: bytes.length / width }
}
const int32s = (...values: number[]) => fixed(4, new Uint8Array(Int32Array.from(values).buffer))
const int64s = (...values: bigint[]) => fixed(8, new Uint8Array(BigInt64Array.from(values).buffer))

/** The bytes that a conversion appends behind one value of ones, in a buffer of noise. */
function converted(from: Values, width: number, convert: Conversion): Uint8Array {
  const into = fixedValues(width, 1 + from.count)
  into.bytes.fill(0xff, 0, width).fill(0x5a, width)
  into.count = 1
  appendConverted(from, into, convert)
  expect(into.count).toBe(1 + from.count)
  expect([...into.bytes.subarray(0, width)]).toEqual(new Array(width).fill(0xff))
  return into.bytes.slice(width, width * into.count)
}

describe('narrow integers', () => {
  test.each([
    [8, true, -128, 127],
    [8, false, 0, 255],
    [16, true, -32_768, 32_767],
    [16, false, 0, 65_535],
  ] as const)('of %i bits, signed: %s', (bits, signed, min, max) => {
    const convert = narrowInts(bits, signed)
    const bytes = converted(int32s(min, max, 1, min + 1), bits / 8, convert)
    const view = bits === 8 ? bytes : new Uint16Array(bytes.buffer)
    expect([...view]).toEqual([min, max, 1, min + 1].map((value) => value & (2 ** bits - 1)))
    for (const beyond of [min - 1, max + 1, 2 ** 31 - 1, -(2 ** 31)]) {
      expect(() => converted(int32s(1, beyond), bits / 8, convert)).toThrow(
        expect.objectContaining({
          code: 'PARQUET_INVALID',
          message: `an integer does not fit the ${bits} bits of its column`,
        }),
      )
    }
  })
})

describe('integers as decimals', () => {
  test.each([4, 8])('keep their sign over %i words', (words) => {
    for (const [from, convert] of [
      [int32s(-2, 5, -(2 ** 31)), widenInts(1, words)],
      [int64s(-2n, 5n, -(2n ** 63n)), widenInts(2, words)],
    ] as const) {
      const longs = new BigInt64Array(converted(from, words * 4, convert).buffer)
      const least = from.kind === 'fixed' && from.width === 4 ? -(2n ** 31n) : -(2n ** 63n)
      expect([...longs]).toEqual(
        [-2n, 5n, least].flatMap((value) => Array.from({ length: words / 2 }, (_, i) => value >> BigInt(64 * i))),
      )
    }
  })
})

describe('decimals of bytes', () => {
  const bytesOf = (...values: number[][]): Values => {
    const offsets = [0]
    for (const value of values) offsets.push((offsets.at(-1) as number) + value.length)
    return {
      ...byteValues(0),
      offsets: Int32Array.from(offsets),
      bytes: Uint8Array.from(values.flat()),
      count: values.length,
    }
  }

  test.each([16, 32])('may repeat their sign beyond %i bytes, no more', (width) => {
    const read = (...value: number[]) => converted(bytesOf([7], value), width, bytesToDecimal(width)).subarray(width)
    const ones = new Array<number>(width).fill(0xff)
    const sevens = new Array<number>(width).fill(0x07)
    expect([...read(0xff, 0xff, ...ones)]).toEqual(ones)
    expect([...read(0, 0, ...sevens)]).toEqual(sevens)
    for (const beyond of [
      [1, ...sevens],
      [0, ...ones],
      [0xff, ...sevens],
      [0xfe, ...ones],
      [0, 1, ...sevens],
      [1, 0, ...sevens],
      [0xff, 0, ...sevens],
    ]) {
      expect(() => read(...beyond)).toThrow('a decimal has more digits than the precision of its column allows')
    }
    const lowest = [0x80, ...new Array<number>(width - 1).fill(0)]
    expect([...read(...lowest)]).toEqual(lowest.toReversed())
  })

  test.each([1, 2, 3, 4, 5, 7, 8, 9, 15, 16])('of %i bytes each', (length) => {
    const values = [0x80, 0x7f].map((top) => [top, ...Array.from({ length: length - 1 }, (_, i) => i + 1)])
    const expected = values.flatMap((value) => [
      ...value.toReversed(),
      ...new Array<number>(16 - length).fill((value[0] as number) > 127 ? 0xff : 0),
    ])
    expect([...converted(fixed(length, Uint8Array.from(values.flat())), 16, fixedToDecimal(16))]).toEqual(expected)
    expect([...converted(bytesOf(...values), 16, bytesToDecimal(16))]).toEqual(expected)
  })

  test('of no bytes is zero', () => {
    expect([...converted(bytesOf([1], [], [0x80], []), 16, bytesToDecimal(16))]).toEqual(
      [1, 0, -128, 0].flatMap((value) => [value & 255, ...new Array<number>(15).fill(value < 0 ? 255 : 0)]),
    )
  })
})

describe('INT96', () => {
  const of = (nanos: bigint, day: number) => {
    const bytes = new Uint8Array(12)
    new DataView(bytes.buffer).setBigInt64(0, nanos, true)
    new DataView(bytes.buffer).setInt32(8, day, true)
    return bytes
  }
  const EPOCH = 2_440_588
  const NANOS_PER_DAY = 86_400_000_000_000n
  const read = (unit: 'ns' | 'us', ...values: Uint8Array[]) => [
    ...new BigInt64Array(converted(fixed(12, Buffer.concat(values)), 8, int96ToTimestamp(unit)).buffer),
  ]

  test('counts from noon of 4713 BC in days, and from midnight in nanoseconds', () => {
    expect(read('ns', of(5n, EPOCH), of(7n, EPOCH - 1), of(0n, EPOCH + 2))).toEqual([
      5n,
      7n - NANOS_PER_DAY,
      2n * NANOS_PER_DAY,
    ])
    expect(read('us', of(5000n, EPOCH), of(0n, EPOCH + 2))).toEqual([5n, (2n * NANOS_PER_DAY) / 1000n])
  })

  test.each([1n, 999n, 1001n, -1n])('%d nanoseconds are no microseconds', (nanos) => {
    expect(() => read('us', of(nanos, EPOCH))).toThrow(
      expect.objectContaining({
        code: 'TYPE_MISMATCH',
        message: "an INT96 timestamp has nanoseconds; read it with int96: 'ns'",
      }),
    )
  })

  test('the first and the last nanosecond of 64 bits', () => {
    const split = (nanos: bigint) => {
      const days = nanos / NANOS_PER_DAY
      return of(nanos - days * NANOS_PER_DAY, EPOCH + Number(days))
    }
    for (const [within, beyond] of [
      [2n ** 63n - 1n, 2n ** 63n],
      [-(2n ** 63n), -(2n ** 63n) - 1n],
    ] as const) {
      expect(read('ns', split(within))).toEqual([within])
      expect(() => read('ns', split(beyond))).toThrow("is beyond 64-bit nanoseconds; read it with int96: 'us'")
    }
  })

  test('the last day of 64-bit microseconds, and the one after it', () => {
    const last = 106_751_991
    expect(read('us', of(0n, EPOCH + last))).toEqual([(BigInt(last) * NANOS_PER_DAY) / 1000n])
    expect(() => read('us', of(0n, EPOCH + last + 1))).toThrow('is beyond 64-bit microseconds')
  })
})

test('values of the other kind are refused', () => {
  const strings = byteValues(0)
  for (const convert of [narrowInts(8, true), widenInts(1, 4), fixedToDecimal(16), int96ToTimestamp('ns')]) {
    expect(() => convert(strings, fixedValues(16, 0))).toThrow('values of a fixed width were expected')
  }
  expect(() => bytesToDecimal(16)(int32s(1), fixedValues(16, 1))).toThrow('byte strings were expected')
})
