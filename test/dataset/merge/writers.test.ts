import { describe, expect, test } from 'vitest'
import { type RawStruct, rawStruct } from '../../../src/codecs/parquet/read/footer/raw-thrift.ts'
import { appendStruct, integerField, type WrittenField } from '../../../src/codecs/parquet/write/append-thrift.ts'
import { byteSink } from '../../../src/codecs/parquet/write/byte-sink.ts'
import type { FileNotes } from '../../../src/dataset/merge/schema.ts'
import { inSource, sourceError } from '../../../src/dataset/merge/source-error.ts'
import { checkSameCalendar, isLower } from '../../../src/dataset/merge/spark.ts'
import { writerFaults } from '../../../src/dataset/merge/writers.ts'
import { MillraceError } from '../../../src/errors.ts'

function structOf(fields: readonly WrittenField[]): RawStruct {
  const sink = byteSink()
  appendStruct(sink, fields)
  return rawStruct(sink.bytes.subarray(0, sink.length))
}

/** Metadata of a column chunk: encodings, a compression, types of pages. */
function chunk(encodings: readonly number[], compression: number, pages: readonly number[]): RawStruct {
  const list = (type: number, items: readonly Uint8Array[]): Uint8Array =>
    Buffer.concat([Uint8Array.of((items.length << 4) | type), ...items])
  const bytesOf = (fields: readonly WrittenField[]): Uint8Array => {
    const sink = byteSink()
    appendStruct(sink, fields)
    return sink.bytes.slice(0, sink.length)
  }
  return structOf([
    {
      id: 2,
      type: 9,
      value: list(
        5,
        encodings.map((encoding) => Uint8Array.of(encoding << 1)),
      ),
    },
    integerField(4, 5, compression),
    {
      id: 13,
      type: 9,
      value: list(
        12,
        pages.map((page) => bytesOf([integerField(1, 5, page)])),
      ),
    },
  ])
}

describe('faults of old writers', () => {
  const faultsOf = (createdBy: string) =>
    writerFaults(createdBy).map(({ rule }) => rule.replace(/ (wrote|marked).*/, ''))

  test.each<[string, string[]]>([
    ['parquet-mr version 1.2.8 (build abc)', ['parquet-mr before 1.2.9', 'parquet-mr before 1.8.0']],
    ['parquet-mr version 1.2.9', ['parquet-mr before 1.8.0']],
    ['parquet-mr version 1.2.10', ['parquet-mr before 1.8.0']],
    ['parquet-mr version 1.7', ['parquet-mr before 1.8.0']],
    ['parquet-mr version 1.8', []],
    ['parquet-mr version 1.8.0', []],
    ['parquet-mr version 1.13.1 (build x)', []],
    ['parquet-mr version 2.0.0', []],
    ['parquet-mr version 0.9.9', ['parquet-mr before 1.2.9', 'parquet-mr before 1.8.0']],
    ['parquet-mr', ['parquet-mr before 1.2.9', 'parquet-mr before 1.8.0']],
    ['parquet-mr-hadoop version 1.2.8', []],
    ['parquet-cpp version 1.5.1-SNAPSHOT', ['parquet-cpp before 2.0.0']],
    ['parquet-cpp version 2.0.0', []],
    ['parquet-cpp-arrow version 1.0.0', []],
    ['a parquet-mr version 1.2.8', []],
    ['DuckDB', []],
    ['', []],
  ])('%j has %j', (createdBy, rules) => {
    expect(faultsOf(createdBy)).toEqual(rules)
  })

  test('a chunk has one or not', () => {
    const [sizes, delta] = writerFaults('parquet-mr version 1.2.8')
    const [pages] = writerFaults('parquet-cpp version 1.5.0')
    expect(sizes?.holds(structOf([]))).toBe(true)
    expect(delta?.holds(chunk([3, 7], 1, [0]))).toBe(true)
    expect(delta?.holds(chunk([7], 1, [0]))).toBe(true)
    expect(delta?.holds(chunk([3, 6, 8], 1, [0]))).toBe(false)
    expect(delta?.holds(chunk([], 1, [0]))).toBe(false)
    expect(delta?.holds(structOf([]))).toBe(false)
    expect(pages?.holds(chunk([7], 1, [0, 3]))).toBe(true)
    expect(pages?.holds(chunk([7], 0, [0, 3]))).toBe(false)
    expect(pages?.holds(chunk([7], 1, [0, 2]))).toBe(false)
    expect(pages?.holds(chunk([7], 1, []))).toBe(false)
    expect(pages?.holds(structOf([integerField(4, 5, 1)]))).toBe(false)
  })
})

describe('calendars of Spark', () => {
  test.each([
    ['2.4.8', '3', true],
    ['3.0.0', '3', false],
    ['3', '3.0.0', false],
    ['3.0.0', '3.0.1', true],
    ['3.0.1', '3.0.0', false],
    ['3', '3.0.1', true],
    ['3.0.1', '3', false],
    ['10.0', '9.9', false],
    ['9.9', '10.0', true],
    ['x', '1', true],
    ['2.x', '2.1', true],
    ['', '0', false],
  ])('%s is lower than %s: %s', (version, than, expected) => {
    expect(isLower(version, than)).toBe(expected)
  })

  const VERSION = 'org.apache.spark.version'
  const notes = (keys: Readonly<Record<string, string>>, ...columns: object[]): FileNotes =>
    ({ schema: columns, keyValues: new Map(Object.entries(keys)) }) as unknown as FileNotes
  const date = { type: 'INT32', logical: { kind: 'date' } }
  const timestamp = { type: 'INT64', logical: { kind: 'timestamp' } }
  const int96 = { type: 'INT96' }
  const text = { type: 'BYTE_ARRAY', logical: { kind: 'string' } }
  const zone = { 'org.apache.spark.timeZone': 'UTC' }

  test.each<[string, FileNotes, FileNotes, boolean]>([
    ['no keys', notes({}, date), notes({}, date), true],
    ['old and new', notes({ [VERSION]: '2.4.0' }, date), notes({ [VERSION]: '3.1.0' }, date), false],
    [
      'old and new, timestamps',
      notes({ [VERSION]: '2.4.0' }, timestamp),
      notes({ [VERSION]: '3.1.0' }, timestamp),
      false,
    ],
    ['old and new, without times', notes({ [VERSION]: '2.4.0' }, text), notes({ [VERSION]: '3.1.0' }, text), true],
    ['new and none', notes({ [VERSION]: '3.1.0' }, date), notes({}, date), true],
    ['old and none', notes({ [VERSION]: '2.4.0' }, text, date), notes({}, text, date), false],
    ['two new ones', notes({ [VERSION]: '3.1.0' }, date), notes({ [VERSION]: '3.5.0' }, date), true],
    ['a zone and none', notes(zone, timestamp), notes({}, timestamp), false],
    ['one zone', notes(zone, timestamp), notes(zone, timestamp), true],
    ['INT96 of Spark and of another', notes({ [VERSION]: '3.1.0' }, int96), notes({}, int96), false],
    ['INT96 of two others', notes({}, int96), notes({}, int96), true],
    ['INT96 of Spark twice', notes({ [VERSION]: '3.1.0' }, int96), notes({ [VERSION]: '3.1.0' }, int96), true],
    [
      'INT96 in the old calendar and the new',
      notes({ [VERSION]: '3.1.0', 'org.apache.spark.legacyINT96': '' }, int96),
      notes({ [VERSION]: '3.1.0' }, int96),
      false,
    ],
    [
      'dates in the old calendar and the new',
      notes({ [VERSION]: '3.1.0', 'org.apache.spark.legacyDateTime': '' }, date),
      notes({ [VERSION]: '3.1.0' }, date),
      false,
    ],
    ['times of another kind', notes(zone, { type: 'INT32', logical: { kind: 'time' } }), notes({}, date), true],
  ])('%s', (_, first, other, isSame) => {
    const check = (): void => checkSameCalendar(first, other, 3)
    if (isSame) expect(check).not.toThrow()
    else expect(check).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH', path: ['sources', 3] }))
  })
})

describe('errors of a source', () => {
  const cause = new Error('cause')

  test('name the source, the column and the cause, each where there is one', () => {
    const bare = sourceError(1, 'PARQUET_INVALID', 'rule')
    expect(bare).toMatchObject({ code: 'PARQUET_INVALID', path: ['sources', 1] })
    expect(bare.message).toMatch(/^mergeParquet: rule/)
    expect('position' in bare || 'cause' in bare).toBe(false)
    const full = sourceError(0, 'TYPE_MISMATCH', 'rule', { cause, column: 'a.b' })
    expect(full).toMatchObject({ path: ['sources', 0], position: { column: 'a.b' }, cause })
  })

  test('of the codec get the source, and keep their place; all others stay as they are', () => {
    const own = new MillraceError('PARQUET_INVALID', 'broken', { position: { byteOffset: 7 } })
    const named = inSource(2, own) as MillraceError
    expect(named).toMatchObject({
      code: 'PARQUET_INVALID',
      path: ['sources', 2],
      position: { byteOffset: 7 },
      cause: own,
    })
    expect(Object.keys(named)).toContain('position')
    expect(named.message.match(/byte 7/g)?.length).toBe(1)
    expect('position' in (inSource(2, new MillraceError('PARQUET_INVALID', 'broken')) as Error)).toBe(false)
    const placed = sourceError(1, 'PARQUET_INVALID', 'rule')
    for (const error of [placed, cause, undefined]) expect(inSource(2, error)).toBe(error)
  })
})
