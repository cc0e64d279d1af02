import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  FixedSizeBinary,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  TimeMicrosecond,
  TimeMillisecond,
  TimeNanosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { byteValues, fixedValues } from '../../../../../src/codecs/parquet/read/bytes/value-buffers.ts'
import type { SchemaElement } from '../../../../../src/codecs/parquet/read/footer/file-metadata.ts'
import type { LogicalType, TimeUnitName } from '../../../../../src/codecs/parquet/read/footer/logical-type.ts'
import { valueLayout } from '../../../../../src/codecs/parquet/read/schema/value-layout.ts'
import { schemaElement } from '../../support/schema-element.ts'

type Physical = NonNullable<SchemaElement['type']>
interface Layout {
  readonly type: string
  readonly physicalWidth: number
  readonly width: number
  readonly converts: boolean
}

function layoutOf(
  type: Physical | undefined,
  logical?: LogicalType,
  typeLength = 0,
  int96: 'ns' | 'us' = 'ns',
): Layout {
  const layout = valueLayout(schemaElement({ type, logical, typeLength }), int96)
  expect(layout.physical).toBe(type)
  const { physicalWidth, width, convert } = layout
  const bits = layout.type instanceof Decimal ? ` of ${layout.type.bitWidth}` : ''
  return { type: `${layout.type}${bits}`, physicalWidth, width, converts: convert !== undefined }
}

const integer = (bits: number, signed: boolean) => ({ kind: 'integer', bits, signed }) as const
const time = (unit: TimeUnitName, utc = true) => ({ kind: 'time', utc, unit }) as const
const timestamp = (unit: TimeUnitName, utc = true) => ({ kind: 'timestamp', utc, unit }) as const
const decimal = (precision: number, scale = 0) => ({ kind: 'decimal', precision, scale }) as const
const LOGICAL: readonly LogicalType[] = [
  ...(['string', 'map', 'list', 'enum', 'date', 'json', 'uuid', 'float16', 'other'] as const).map((kind) => ({ kind })),
  ...([8, 16, 32, 64] as const).flatMap((bits) => [integer(bits, true), integer(bits, false)]),
  ...(['millis', 'micros', 'nanos'] as const).flatMap((unit) => [time(unit), timestamp(unit), timestamp(unit, false)]),
]

/** Types of Arrow by the physical type and the annotation; other annotations change nothing. */
const ANNOTATED = new Map<Physical, readonly [DataType, readonly [LogicalType, DataType][]]>([
  ['BOOLEAN', [new Bool(), []]],
  [
    'INT32',
    [
      new Int32(),
      [
        [{ kind: 'date' }, new DateDay()],
        [time('millis'), new TimeMillisecond()],
        [integer(8, true), new Int8()],
        [integer(8, false), new Uint8()],
        [integer(16, true), new Int16()],
        [integer(16, false), new Uint16()],
        [integer(32, false), new Uint32()],
      ],
    ],
  ],
  [
    'INT64',
    [
      new Int64(),
      [
        [timestamp('millis'), new TimestampMillisecond('UTC')],
        [timestamp('millis', false), new TimestampMillisecond()],
        [timestamp('micros'), new TimestampMicrosecond('UTC')],
        [timestamp('micros', false), new TimestampMicrosecond()],
        [timestamp('nanos'), new TimestampNanosecond('UTC')],
        [timestamp('nanos', false), new TimestampNanosecond()],
        [time('micros'), new TimeMicrosecond()],
        [time('nanos'), new TimeNanosecond()],
        [integer(64, false), new Uint64()],
      ],
    ],
  ],
  ['INT96', [new TimestampNanosecond(), []]],
  ['FLOAT', [new Float32(), []]],
  ['DOUBLE', [new Float64(), []]],
  [
    'BYTE_ARRAY',
    [
      new Binary(),
      [
        [{ kind: 'string' }, new Utf8()],
        [{ kind: 'enum' }, new Utf8()],
        [{ kind: 'json' }, new Utf8()],
      ],
    ],
  ],
  ['FIXED_LEN_BYTE_ARRAY', [new FixedSizeBinary(2), [[{ kind: 'float16' }, new Float16()]]]],
])

const PHYSICAL_WIDTHS = {
  BOOLEAN: 1,
  INT32: 4,
  INT64: 8,
  INT96: 12,
  FLOAT: 4,
  DOUBLE: 8,
  BYTE_ARRAY: 0,
  FIXED_LEN_BYTE_ARRAY: 2,
}
const NARROW = new Map([
  ['Int8', 1],
  ['Uint8', 1],
  ['Int16', 2],
  ['Uint16', 2],
])

describe('annotations that the type has', () => {
  test.each([...ANNOTATED])('%s', (physical, [plain, annotated]) => {
    const physicalWidth = PHYSICAL_WIDTHS[physical]
    for (const logical of [undefined, ...LOGICAL]) {
      const own = annotated.find(([annotation]) => JSON.stringify(annotation) === JSON.stringify(logical))
      const type = String(own?.[1] ?? plain)
      const width = physical === 'INT96' ? 8 : (NARROW.get(type) ?? physicalWidth)
      expect(layoutOf(physical, logical, 2), JSON.stringify(logical)).toEqual({
        type,
        physicalWidth,
        width,
        converts: width !== physicalWidth,
      })
    }
  })

  test('a half float has two bytes, others are bytes', () => {
    expect(layoutOf('FIXED_LEN_BYTE_ARRAY', { kind: 'float16' }, 3).type).toBe('FixedSizeBinary[3]')
  })

  test('INT96 in microseconds', () => {
    expect(layoutOf('INT96', undefined, 0, 'us')).toEqual({
      type: String(new TimestampMicrosecond()),
      physicalWidth: 12,
      width: 8,
      converts: true,
    })
  })
})

describe('decimals', () => {
  const PHYSICAL = ['INT32', 'INT64', 'BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY'] as const

  test.each(PHYSICAL)('%s: up to 38 digits take 128 bits, up to 76 take 256', (physical) => {
    const physicalWidth = PHYSICAL_WIDTHS[physical]
    for (const [precision, scale, bits] of [
      [1, 0, 128],
      [9, 9, 128],
      [38, 2, 128],
      [39, 0, 256],
      [76, 76, 256],
    ] as const) {
      expect(layoutOf(physical, decimal(precision, scale), 2)).toEqual({
        type: `Decimal[${precision}e${scale === 0 ? '' : '+'}${scale}] of ${bits}`,
        physicalWidth,
        width: bits / 8,
        converts: true,
      })
    }
  })

  test.each(PHYSICAL)('%s: values take as many bytes as their type', (physical) => {
    for (const precision of [5, 40]) {
      const { convert, width } = valueLayout(
        schemaElement({ type: physical, logical: decimal(precision), typeLength: 2 }),
        'ns',
      )
      const from = physical === 'BYTE_ARRAY' ? byteValues(2) : fixedValues(PHYSICAL_WIDTHS[physical], 2)
      const minusTwo = physical === 'BYTE_ARRAY' || physical === 'FIXED_LEN_BYTE_ARRAY' ? [0xff, 0xfe] : undefined
      if (from.kind === 'bytes') Object.assign(from, { offsets: Int32Array.of(0, 2, 4), bytes: new Uint8Array(4) })
      const length = physical === 'BYTE_ARRAY' ? 2 : PHYSICAL_WIDTHS[physical]
      for (const at of [0, length]) {
        from.bytes.fill(0xff, at, at + length).set(minusTwo ?? [0xfe], at)
      }
      from.count = 2
      const into = fixedValues(width, 2)
      convert?.(from, into)
      const one = [0xfe, ...new Array<number>(width - 1).fill(0xff)]
      expect([...into.bytes]).toEqual([...one, ...one])
    }
  })

  test.each([
    [0, 0],
    [-1, 0],
    [5, 6],
    [5, -1],
  ])('decimal(%i, %i) is no type', (precision, scale) => {
    expect(() => layoutOf('INT32', decimal(precision, scale))).toThrow(
      expect.objectContaining({
        code: 'PARQUET_INVALID',
        message: `decimal(${precision},${scale}) is not a valid type`,
      }),
    )
  })

  test('77 digits are more than Arrow holds', () => {
    expect(() => layoutOf('BYTE_ARRAY', decimal(77))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_FORMAT' }))
  })
})

describe('lengths of fixed-length bytes', () => {
  const MIB = 1024 * 1024
  test.each([
    [-1, 'PARQUET_INVALID'],
    [0, 'PARQUET_INVALID'],
    [64 * MIB + 1, 'LIMIT_EXCEEDED'],
  ])('%i is refused', (length, code) => {
    expect(() => layoutOf('FIXED_LEN_BYTE_ARRAY', undefined, length)).toThrow(expect.objectContaining({ code }))
  })

  test.each([1, 64 * MIB])('%i is taken', (length) => {
    expect(layoutOf('FIXED_LEN_BYTE_ARRAY', undefined, length)).toEqual({
      type: `FixedSizeBinary[${length}]`,
      physicalWidth: length,
      width: length,
      converts: false,
    })
  })
})

test('a group is no column', () => {
  expect(() => layoutOf(undefined)).toThrow(
    expect.objectContaining({ code: 'PARQUET_INVALID', message: 'a column has no type' }),
  )
})
