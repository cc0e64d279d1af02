import {
  Binary,
  BinaryView,
  Bool,
  type DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  DurationSecond,
  FixedSizeBinary,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  IntervalYearMonth,
  LargeBinary,
  LargeUtf8,
  Null,
  TimeMicrosecond,
  TimeMillisecond,
  TimeNanosecond,
  TimeSecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
  Utf8View,
} from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import {
  decimalBytes,
  isDateMillisecond,
  isSeconds,
  isText,
  type LeafType,
  leafType,
} from '../../../../src/codecs/parquet/write/leaf-type.ts'

const int32 = (more: object = {}) => ({ type: 'INT32', ...more })
const int64 = (more: object = {}) => ({ type: 'INT64', ...more })
const time = (unit: string) => ({ type: 'TIME', isAdjustedToUTC: false, unit })
const timestamp = (unit: string, isAdjustedToUTC: boolean) => ({ type: 'TIMESTAMP', isAdjustedToUTC, unit })
const utf8 = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
const date = int32({ converted_type: 'DATE', logical_type: { type: 'DATE' } })
const decimal = (precision: number, scale: number) => ({
  converted_type: 'DECIMAL',
  precision,
  scale,
  logical_type: { type: 'DECIMAL', precision, scale },
})
const millis = (kind: string, logical: object) => ({ converted_type: `${kind}_MILLIS`, logical_type: logical })

const TYPES: readonly [DataType, LeafType['physical'], LeafType['order'], object][] = [
  [new Null(), 'word', 'signed', int32({ logical_type: { type: 'NULL' } })],
  [new Bool(), 'bits', 'unsigned', { type: 'BOOLEAN' }],
  [new Int8(), 'word', 'signed', int32({ converted_type: 'INT_8' })],
  [new Int16(), 'word', 'signed', int32({ converted_type: 'INT_16' })],
  [new Int32(), 'word', 'signed', int32()],
  [new Int64(), 'double-word', 'signed', int64()],
  [new Uint8(), 'word', 'unsigned', int32({ converted_type: 'UINT_8' })],
  [new Uint16(), 'word', 'unsigned', int32({ converted_type: 'UINT_16' })],
  [new Uint32(), 'word', 'unsigned', int32({ converted_type: 'UINT_32' })],
  [new Uint64(), 'double-word', 'unsigned', int64({ converted_type: 'UINT_64' })],
  [
    new Float16(),
    'fixed',
    'float',
    { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2, logical_type: { type: 'FLOAT16' } },
  ],
  [new Float32(), 'word', 'float', { type: 'FLOAT' }],
  [new Float64(), 'double-word', 'float', { type: 'DOUBLE' }],
  [new DateDay(), 'word', 'signed', date],
  [new DateMillisecond(), 'word', 'signed', date],
  [new TimeSecond(), 'word', 'signed', int32(millis('TIME', time('MILLIS')))],
  [new TimeMillisecond(), 'word', 'signed', int32(millis('TIME', time('MILLIS')))],
  [
    new TimeMicrosecond(),
    'double-word',
    'signed',
    int64({ converted_type: 'TIME_MICROS', logical_type: time('MICROS') }),
  ],
  [new TimeNanosecond(), 'double-word', 'signed', int64({ logical_type: time('NANOS') })],
  ...([null, '', 'UTC', 'Europe/Zurich'] as const).flatMap((zone): typeof TYPES => {
    const isInstant = zone !== null && zone !== ''
    const of = (unit: string, converted: object = {}) =>
      int64({ ...converted, logical_type: timestamp(unit, isInstant) })
    return [
      [new TimestampSecond(zone), 'double-word', 'signed', of('MILLIS', { converted_type: 'TIMESTAMP_MILLIS' })],
      [new TimestampMillisecond(zone), 'double-word', 'signed', of('MILLIS', { converted_type: 'TIMESTAMP_MILLIS' })],
      [new TimestampMicrosecond(zone), 'double-word', 'signed', of('MICROS', { converted_type: 'TIMESTAMP_MICROS' })],
      [new TimestampNanosecond(zone), 'double-word', 'signed', of('NANOS')],
    ]
  }),
  [new Decimal(0, 1, 128), 'word', 'signed', int32(decimal(1, 0))],
  [new Decimal(9, 9, 128), 'word', 'signed', int32(decimal(9, 9))],
  [new Decimal(0, 10, 128), 'double-word', 'signed', int64(decimal(10, 0))],
  [new Decimal(2, 18, 128), 'double-word', 'signed', int64(decimal(18, 2))],
  [new Decimal(2, 19, 128), 'fixed', 'decimal', { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 9, ...decimal(19, 2) }],
  [new Decimal(0, 38, 128), 'fixed', 'decimal', { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, ...decimal(38, 0) }],
  [new Decimal(76, 76, 256), 'fixed', 'decimal', { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 32, ...decimal(76, 76) }],
  [new Utf8(), 'bytes', 'unsigned', utf8],
  [new LargeUtf8(), 'bytes', 'unsigned', utf8],
  [new Utf8View(), 'bytes', 'unsigned', utf8],
  [new Binary(), 'bytes', 'unsigned', { type: 'BYTE_ARRAY' }],
  [new LargeBinary(), 'bytes', 'unsigned', { type: 'BYTE_ARRAY' }],
  [new BinaryView(), 'bytes', 'unsigned', { type: 'BYTE_ARRAY' }],
  [new FixedSizeBinary(5), 'fixed', 'unsigned', { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 5 }],
  [new FixedSizeBinary(16), 'fixed', 'unsigned', { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16 }],
]

describe('the type of Parquet', () => {
  test.each(TYPES)('of %s', (type, physical, order, element) => {
    expect(leafType(type)).toEqual({ physical, order, element })
    expect(leafType(new Dictionary(type, new Int32()))).toEqual({ physical, order, element })
    expect(isText(element)).toBe('converted_type' in element && element.converted_type === 'UTF8')
    expect(isDateMillisecond(type)).toBe(type instanceof DateMillisecond)
    expect(isSeconds(type)).toBe(type instanceof TimeSecond || type instanceof TimestampSecond)
  })

  const json = { type: 'BYTE_ARRAY', converted_type: 'JSON', logical_type: { type: 'JSON' } } as const
  const uuid = { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } }

  test('of the extension types of Arrow that Parquet has, where their storage is right', () => {
    for (const type of [new Utf8(), new LargeUtf8(), new Utf8View(), new Dictionary(new Utf8(), new Int32())]) {
      expect(leafType(type, 'arrow.json')).toEqual({ physical: 'bytes', order: 'none', element: json })
      expect(leafType(type, 'arrow.uuid')).toEqual({ physical: 'bytes', order: 'unsigned', element: utf8 })
    }
    expect(isText(json)).toBe(true)
    expect(leafType(new FixedSizeBinary(16), 'arrow.uuid')).toEqual({
      physical: 'fixed',
      order: 'unsigned',
      element: uuid,
    })
    for (const [type, extension] of [
      [new FixedSizeBinary(15), 'arrow.uuid'],
      [new FixedSizeBinary(16), 'arrow.json'],
      [new Binary(), 'arrow.json'],
      [new Int32(), 'arrow.uuid'],
    ] as const) {
      expect(leafType(type, extension)).toEqual(leafType(type))
    }
  })

  test.each<[string, DataType]>([
    ['durations', new DurationSecond()],
    ['intervals', new IntervalYearMonth()],
    ['bytes of no length', new FixedSizeBinary(0)],
    ['decimals without digits', new Decimal(0, 0, 128)],
    ['decimals of 77 digits', new Decimal(0, 77, 256)],
    ['a negative scale', new Decimal(-1, 5, 128)],
    ['a scale above the precision', new Decimal(6, 5, 128)],
    ['a dictionary of durations', new Dictionary(new DurationSecond(), new Int32())],
  ])('there is none for %s', (_, type) => {
    expect(leafType(type)).toBeUndefined()
  })

  test('a decimal of every precision has the least bytes that hold its numbers', () => {
    for (let precision = 1; precision <= 76; precision++) {
      const bytes = decimalBytes(precision)
      const most = 10n ** BigInt(precision)
      expect(2n ** BigInt(8 * bytes - 1)).toBeGreaterThanOrEqual(most)
      if (bytes > 1) expect(2n ** BigInt(8 * bytes - 9)).toBeLessThan(most)
    }
  })
})
