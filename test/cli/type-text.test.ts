import {
  Bool,
  type DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  Field,
  Float64,
  Int8,
  Int32,
  List,
  TimeMicrosecond,
  TimeSecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint64,
  Utf8,
} from 'apache-arrow'
import { expect, test } from 'vitest'
import { typeText } from '../../src/cli/type-text.ts'

const textOf = (type: DataType, metadata?: Map<string, string>): string =>
  typeText(new Field('a', type, true, metadata))

test.each<readonly [DataType, string]>([
  [new Utf8(), 'string'],
  [new Bool(), 'bool'],
  [new Int8(), 'int8'],
  [new Uint64(), 'uint64'],
  [new Float64(), 'float64'],
  [new Dictionary(new Utf8(), new Int32()), 'string'],
  [new Dictionary(new Float64(), new Int32()), 'float64'],
  [new TimestampSecond('UTC'), 'timestamp[s]'],
  [new TimestampMillisecond('UTC'), 'timestamp'],
  [new TimestampMicrosecond('Europe/Paris'), 'timestamp[us]'],
  [new TimestampNanosecond('UTC'), 'timestamp[ns]'],
  [new TimestampMillisecond(), 'timestamp (local)'],
  [new TimestampMicrosecond(), 'timestamp[us] (local)'],
  [new Decimal(2, 10), 'decimal(10,2)'],
  [new Decimal(-3, 10), 'decimal(10,-3)'],
  [new Decimal(0, 38), 'decimal(38,0)'],
  [new DateDay(), 'date'],
  [new DateMillisecond(), 'date'],
  [new TimeMicrosecond(), 'time'],
  [new TimeSecond(), 'Time32<SECOND>'],
  [new List(new Field('item', new Utf8())), 'List<Utf8>'],
  [new List(new Field('item', new DateDay())), 'List<Date32<DAY>>'],
])('%s is %s', (type, text) => {
  expect(textOf(type)).toBe(text)
})

test('JSON is told by its extension type', () => {
  expect(textOf(new Utf8(), new Map([['ARROW:extension:name', 'arrow.json']]))).toBe('json')
  expect(textOf(new Utf8(), new Map([['ARROW:extension:name', 'arrow.uuid']]))).toBe('string')
})
