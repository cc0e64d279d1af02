import type { Encoding, ParquetType } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import {
  byteValues,
  type Dictionary,
  fixedValues,
  usedBytes,
  type Values,
} from '../../../../../src/codecs/parquet/read/bytes/value-buffers.ts'
import { indexDecoder } from '../../../../../src/codecs/parquet/read/encodings/dictionary.ts'
import { valueDecoder } from '../../../../../src/codecs/parquet/read/encodings/value-decoder.ts'
import { deltaPacked, packedRun, prefixed, repeatedRun, uint32 } from '../../support/encodings.ts'

const WIDTHS: Readonly<Record<ParquetType, number>> = {
  BOOLEAN: 1,
  INT32: 4,
  INT64: 8,
  INT96: 12,
  FLOAT: 4,
  DOUBLE: 8,
  BYTE_ARRAY: 0,
  FIXED_LEN_BYTE_ARRAY: 3,
}
const TYPES = Object.keys(WIDTHS) as ParquetType[]
const COUNT = 3

/** Bytes of three values of a type, value by value. */
function valuesOf(type: ParquetType): number[][] {
  const width = type === 'BYTE_ARRAY' ? 2 : WIDTHS[type]
  return Array.from({ length: COUNT }, (_, i) =>
    Array.from({ length: width }, (_, at) => (type === 'BOOLEAN' ? i & 1 : i * 16 + at + 1)),
  )
}

function dictionaryOf(type: ParquetType): Dictionary {
  const values = target(type)
  for (const [i, bytes] of valuesOf(type).entries()) append(values, bytes, i)
  return { values, longestValue: 2, checked: true }
}

function target(type: ParquetType): Values {
  return type === 'BYTE_ARRAY' ? byteValues(0) : fixedValues(WIDTHS[type], 0)
}

function append(values: Values, bytes: readonly number[], i: number): void {
  values.bytes = Uint8Array.from([...values.bytes, ...bytes])
  if (values.kind === 'bytes')
    values.offsets = Int32Array.from([...values.offsets.subarray(0, i + 1), values.bytes.length])
  values.count = i + 1
}

const integers = (type: ParquetType) =>
  valuesOf(type).map((bytes) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n))

/** A page of the three values; undefined for an encoding that the type does not have. */
function pageOf(encoding: Encoding, type: ParquetType): number[] | undefined {
  const all = valuesOf(type)
  const width = WIDTHS[type]
  switch (encoding) {
    case 'PLAIN':
      if (type === 'BOOLEAN') return [0b010]
      return all.flatMap((bytes) => (type === 'BYTE_ARRAY' ? prefixed(bytes) : bytes))
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY':
      return [2, ...packedRun([0, 1, 2], 2)]
    case 'RLE':
      return type === 'BOOLEAN' ? prefixed(packedRun([0, 1, 0], 1)) : undefined
    case 'DELTA_BINARY_PACKED':
      if (type === 'INT32') return deltaPacked(integers(type), 32)
      return type === 'INT64' ? deltaPacked(integers(type), 64) : undefined
    case 'DELTA_LENGTH_BYTE_ARRAY':
      return type === 'BYTE_ARRAY' ? [...deltaPacked([2n, 2n, 2n], 32), ...all.flat()] : undefined
    case 'DELTA_BYTE_ARRAY':
      if (type !== 'BYTE_ARRAY' && type !== 'FIXED_LEN_BYTE_ARRAY') return undefined
      return [
        ...deltaPacked([0n, 0n, 0n], 32),
        ...deltaPacked(
          all.map(({ length }) => BigInt(length)),
          32,
        ),
        ...all.flat(),
      ]
    case 'BYTE_STREAM_SPLIT':
      if (type === 'BOOLEAN' || type === 'BYTE_ARRAY' || type === 'INT96') return undefined
      return Array.from({ length: width }, (_, byte) => all.map((bytes) => bytes[byte] as number)).flat()
    default:
      return undefined
  }
}

const ENCODINGS: readonly Encoding[] = [
  'PLAIN',
  'GROUP_VAR_INT',
  'PLAIN_DICTIONARY',
  'RLE',
  'BIT_PACKED',
  'DELTA_BINARY_PACKED',
  'DELTA_LENGTH_BYTE_ARRAY',
  'DELTA_BYTE_ARRAY',
  'RLE_DICTIONARY',
  'BYTE_STREAM_SPLIT',
] as Encoding[]

describe.each(ENCODINGS)('%s', (encoding) => {
  test.each(TYPES)('%s', (type) => {
    const page = pageOf(encoding, type)
    const dictionary = encoding.endsWith('DICTIONARY') ? dictionaryOf(type) : undefined
    const open = (bytes: readonly number[]) =>
      valueDecoder({ encoding, bytes: Uint8Array.from(bytes), slots: COUNT, dictionary }, type, WIDTHS[type])
    if (page === undefined) {
      expect(() => open(uint32(0))).toThrow(
        expect.objectContaining({
          code: 'UNSUPPORTED_FORMAT',
          message: `pages of type ${type} in the encoding ${encoding} cannot be read`,
        }),
      )
      return
    }
    const all = valuesOf(type)
    for (const cuts of [[3], [1, 2], [2, 0, 1]]) {
      const into = target(type)
      append(into, all[2] as number[], 0)
      const decoder = open(page)
      for (const take of cuts) decoder.read(take, into)
      expect(into.count).toBe(4)
      const used = into.kind === 'bytes' ? usedBytes(into) : into.count * into.width
      expect([...into.bytes.subarray(0, used)]).toEqual([all[2], ...all].flat())
      if (into.kind === 'bytes') expect([...into.offsets.subarray(0, 5)]).toEqual([0, 2, 4, 6, 8])
    }
    const tooMany = () => {
      const decoder = open(page)
      const into = target(type)
      decoder.read(3, into)
      for (let more = 0; more < 8; more++) decoder.read(1, into)
    }
    const isPadded = encoding.endsWith('DICTIONARY') || type === 'BOOLEAN'
    expect(() => open(page).read(isPadded ? 9 : 4, target(type))).toThrow(
      expect.objectContaining({ code: 'PARQUET_INVALID' }),
    )
    expect(tooMany).toThrow(expect.objectContaining({ code: 'PARQUET_INVALID' }))
    const other = target(type === 'BYTE_ARRAY' ? 'INT32' : 'BYTE_ARRAY')
    // Decoders that take values of either kind.
    const takesBoth = encoding === 'DELTA_BYTE_ARRAY' && type === 'FIXED_LEN_BYTE_ARRAY'
    if (!takesBoth && (encoding !== 'PLAIN' || type === 'BOOLEAN')) {
      expect(() => open(page).read(3, other)).toThrow(expect.objectContaining({ code: 'PARQUET_INVALID' }))
    }
  })
})

test('a dictionary that is not there', () => {
  for (const encoding of ['PLAIN_DICTIONARY', 'RLE_DICTIONARY'] as const) {
    const page = { encoding, bytes: Uint8Array.of(1, 2, 0), slots: 1, dictionary: undefined }
    expect(() => valueDecoder(page, 'INT32', 4)).toThrow('a page refers to a dictionary that is not there')
  }
})

describe('booleans in runs', () => {
  const read = (bytes: readonly number[], count: number, into = fixedValues(1, 0)) => {
    valueDecoder(
      { encoding: 'RLE', bytes: Uint8Array.from(bytes), slots: count, dictionary: undefined },
      'BOOLEAN',
      1,
    ).read(count, into)
    return [...into.bytes.subarray(0, into.count)]
  }

  test.each([1, 4095, 4096, 4097, 8192, 9000])('%i of them', (count) => {
    const runs = [...repeatedRun(1, count - 1, 1), ...repeatedRun(0, 1, 1)]
    expect(read(prefixed(runs), count)).toEqual([...new Array<number>(count - 1).fill(1), 0])
  })

  test('end where their length says', () => {
    const runs = repeatedRun(1, 2, 1)
    expect(read([...prefixed(runs), ...repeatedRun(1, 9, 1)], 2)).toEqual([1, 1])
    expect(() => read([...prefixed(runs), ...repeatedRun(1, 9, 1)], 3)).toThrow('ends before its last value')
  })

  test('are refused without their length, or with one beyond the page', () => {
    for (const bytes of [[], [2, 0, 0], [3, 0, 0, 0, 4, 1], [255, 255, 255, 255, 4, 1]]) {
      expect(() => read(bytes, 1)).toThrow('a page ends before its values')
    }
    expect(read([2, 0, 0, 0, 4, 1], 2)).toEqual([1, 1])
    expect(read([0, 0, 0, 0], 0)).toEqual([])
  })
})

describe('indexes of a dictionary', () => {
  const dictionary = dictionaryOf('BYTE_ARRAY')
  const decoder = (bytes: readonly number[], isKept: boolean) => {
    const page = Uint8Array.from(bytes)
    return isKept
      ? indexDecoder(page, dictionary)
      : valueDecoder({ encoding: 'RLE_DICTIONARY', bytes: page, slots: 1, dictionary }, 'BYTE_ARRAY', 0)
  }
  const read = (bytes: readonly number[], count: number, isKept: boolean) => {
    const into = isKept ? fixedValues(4, count) : byteValues(0)
    into.bytes.fill(0xff)
    decoder(bytes, isKept).read(count, into)
    return into
  }

  describe.each([true, false])('kept: %s', (isKept) => {
    test('of no bits are all the first', () => {
      for (const bytes of [[0], []]) {
        const into = read(bytes, 2, isKept)
        expect([...into.bytes.subarray(0, 8)].filter((_, i) => i < (isKept ? 8 : 4))).toEqual(
          isKept ? new Array(8).fill(0) : [1, 2, 1, 2],
        )
      }
    })

    test('beyond its entries are refused, at its last entry not', () => {
      const missing = 'a value refers to an entry that its dictionary lacks'
      expect(read([2, ...repeatedRun(2, 2, 2)], 2, isKept).count).toBe(2)
      expect(() => read([2, ...repeatedRun(3, 2, 2)], 2, isKept)).toThrow(missing)
      expect(() => read([32, ...repeatedRun(-1, 2, 32)], 2, isKept)).toThrow(missing)
      expect(() => read([2, ...packedRun([2, 2, 3], 2)], 3, isKept)).toThrow(missing)
      expect(read([2, ...packedRun([2, 2, 3], 2)], 2, isKept).count).toBe(2)
    })

    test('have at most 32 bits', () => {
      expect(read([32, ...repeatedRun(2, 2, 32)], 2, isKept).count).toBe(2)
      expect(() => decoder([33, ...repeatedRun(2, 2, 33)], isKept)).toThrow('a dictionary index is wider than 32 bits')
    })

    test('of an empty dictionary', () => {
      const empty: Dictionary = { values: byteValues(0), longestValue: 1, checked: true }
      const page = Uint8Array.of(0)
      const opened = isKept
        ? indexDecoder(page, empty)
        : valueDecoder({ encoding: 'RLE_DICTIONARY', bytes: page, slots: 1, dictionary: empty }, 'BYTE_ARRAY', 0)
      const into = isKept ? fixedValues(4, 0) : byteValues(0)
      opened.read(0, into)
      expect(() => opened.read(1, into)).toThrow('a value refers to an entry that its dictionary lacks')
    })
  })

  test('are appended behind those that are there', () => {
    const into = fixedValues(4, 0)
    const opened = decoder([2, ...packedRun([0, 1, 2, 1, 0], 2)], true)
    for (const take of [2, 1, 2]) opened.read(take, into)
    expect([...new Int32Array(into.bytes.buffer, 0, 5)]).toEqual([0, 1, 2, 1, 0])
    expect(opened.longestValue).toBe(4)
    expect(decoder([2], false).longestValue).toBe(2)
    expect(() => opened.read(1, byteValues(0))).toThrow('values of a fixed width were expected')
  })

  test('of 4,096 and more values at once', () => {
    for (const count of [4095, 4096, 4097, 8200]) {
      const into = byteValues(0)
      decoder([2, ...repeatedRun(1, count - 1, 2), ...repeatedRun(2, 1, 2)], false).read(count, into)
      expect(into.count).toBe(count)
      expect(usedBytes(into)).toBe(2 * count)
      expect([...into.bytes.subarray(2 * count - 4, 2 * count)]).toEqual([17, 18, 33, 34])
    }
  })
})

describe('entries of a dictionary', () => {
  const entries = [0, 1, 3, 4, 5, 47, 48, 49, 90].map((length) => Array.from({ length }, (_, i) => length + i))
  const offsets = Int32Array.from([0, ...entries.map((_, i) => entries.slice(0, i + 1).flat().length)])
  const dictionary: Dictionary = {
    values: { ...byteValues(0), offsets, bytes: Uint8Array.from(entries.flat()), count: entries.length },
    longestValue: 90,
    checked: true,
  }
  const indexes = entries.flatMap((_, i) => [i, (i * 5) % entries.length])
  const open = () => {
    const bytes = Uint8Array.from([4, ...packedRun(indexes, 4)])
    return valueDecoder({ encoding: 'RLE_DICTIONARY', bytes, slots: 1, dictionary }, 'BYTE_ARRAY', 0)
  }

  test('of any length, behind those that are there', () => {
    const into = byteValues(0)
    const decoder = open()
    for (const take of [1, 4, 0, indexes.length - 5]) decoder.read(take, into)
    const expected = indexes.map((index) => entries[index])
    expect(indexes.map((_, i) => [...into.bytes.subarray(into.offsets[i], into.offsets[i + 1])])).toEqual(expected)
  })

  test('that fill a batch just so, and one byte more', () => {
    const size = indexes.reduce((sum, index) => sum + (entries[index]?.length ?? 0), 0)
    const fits = byteValues(0, size)
    const decoder = open()
    for (const take of [3, indexes.length - 3]) decoder.read(take, fits)
    expect(usedBytes(fits)).toBe(size)
    expect(() => open().read(indexes.length, byteValues(0, size - 1))).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    )
  })
})
