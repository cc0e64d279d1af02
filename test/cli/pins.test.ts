import { describe, expect, test } from 'vitest'
import { type FoundFile, pinsOf } from '../../src/cli/pins.ts'
import { refusedRows } from '../../src/cli/refused-rows.ts'
import type { SurveyedColumn } from '../../src/cli/survey.ts'

describe('pinsOf', () => {
  const column = (change: Partial<SurveyedColumn>): SurveyedColumn => ({
    name: 'a',
    type: 'string',
    nulls: 0,
    sample: [],
    ...change,
  })
  const found = (columns: readonly SurveyedColumn[], rows: number, change: Partial<FoundFile> = {}): FoundFile => ({
    format: 'csv',
    survey: { columns, rows, refused: refusedRows(0) },
    firstRows: undefined,
    head: { compression: 'none', encoding: undefined },
    named: 'none',
    given: new Set(),
    ...change,
  })
  const first = (type: string) => ({ columns: [column({ type })], rows: 1, refused: refusedRows(0) })

  test('columns that the first rows lack, or have with another type', () => {
    const late = { firstRows: { ...first('int64'), columns: [] } }
    expect(pinsOf(found([column({ type: 'bool' })], 2, late))).toEqual([
      { column: 'a', type: 'bool', why: 'none of the rows used for inference has it' },
    ])
    expect(pinsOf(found([column({ sample: ['1', 'x'] })], 2, { firstRows: first('int64') }))).toEqual([
      { column: 'a', type: 'string', why: 'the rows used for inference are int64, but later ones do not fit' },
    ])
    expect(pinsOf(found([column({ type: 'int64' })], 2, { firstRows: first('int64') }))).toEqual([])
    const columns = [column({ type: 'int64' }), column({ name: 'b', type: 'bool' })]
    expect(pinsOf(found(columns, 2, { firstRows: { ...first(''), columns } }))).toEqual([])
  })

  test('columns of text without a value; a file without rows has nothing to pin', () => {
    expect(pinsOf(found([column({ nulls: 2 })], 2))).toMatchObject([{ column: 'a', type: 'string' }])
    expect(pinsOf(found([column({ nulls: 1 })], 2))).toEqual([])
    expect(pinsOf(found([column({ nulls: 0 })], 0))).toEqual([])
    expect(pinsOf(found([column({ type: 'int64', nulls: 2 })], 2))).toEqual([])
  })

  test('columns of JSON, unless a schema is given', () => {
    const json = [column({ type: 'json' })]
    expect(pinsOf(found(json, 2, { format: 'ndjson' }))).toMatchObject([{ column: 'a', type: 'json' }])
    expect(pinsOf(found(json, 2, { format: 'ndjson', given: new Set(['schema']) }))).toEqual([])
  })

  test('texts of CSV and TSV that stand for another type', () => {
    const texts = [column({ sample: ['1,5'] })]
    for (const format of ['csv', 'tsv'])
      expect(pinsOf(found(texts, 1, { format }))).toMatchObject([{ column: 'a', option: 'decimal', value: ',' }])
    for (const format of ['json', 'ndjson']) expect(pinsOf(found(texts, 1, { format }))).toEqual([])
  })

  test('a compression and an encoding that the name does not say, unless they are given', () => {
    const columns = [column({})]
    const packed = { head: { compression: 'gzip', encoding: undefined } } as const
    expect(pinsOf(found(columns, 1, packed))).toMatchObject([{ option: 'compression', value: 'gzip' }])
    expect(pinsOf(found(columns, 1, { ...packed, named: 'gzip' }))).toEqual([])
    expect(pinsOf(found(columns, 1, { ...packed, given: new Set(['compression']) }))).toEqual([])
    const wide = { head: { compression: 'none', encoding: 'utf-16le' } } as const
    expect(pinsOf(found(columns, 1, wide))).toEqual([
      { option: 'encoding', value: 'utf-16le', why: 'it begins with that byte order mark' },
    ])
    expect(pinsOf(found(columns, 1, { ...wide, format: 'json' }))).toEqual([])
    expect(pinsOf(found(columns, 1, { ...wide, given: new Set(['encoding']) }))).toEqual([])
  })

  test('an encoding that is not UTF-8, unless it is given', () => {
    const refused = refusedRows(0)
    refused.add({ line: 1, row: 1, code: 'ENCODING_INVALID', reason: 'bytes' })
    const file = { survey: { columns: [column({})], rows: 1, refused } }
    expect(pinsOf(found([], 1, file))).toEqual([
      { option: 'encoding', why: 'rows are not UTF-8: set their encoding, such as windows-1252' },
    ])
    expect(pinsOf(found([], 1, { ...file, format: 'json' }))).toEqual([])
    expect(pinsOf(found([], 1, { ...file, given: new Set(['encoding']) }))).toEqual([])
  })

  test('a delimiter in the only name, unless it is given', () => {
    for (const mark of [';', '\t', '|'])
      expect(pinsOf(found([column({ name: `a${mark}b` })], 1))).toMatchObject([{ option: 'delimiter', value: mark }])
    expect(pinsOf(found([column({ name: 'a;b' }), column({ name: 'c' })], 1))).toEqual([])
    expect(pinsOf(found([column({ name: 'a,b' })], 1))).toEqual([])
    expect(pinsOf(found([column({ name: 'a;b' })], 1, { format: 'json' }))).toEqual([])
    expect(pinsOf(found([column({ name: 'a;b' })], 1, { given: new Set(['delimiter']) }))).toEqual([])
    expect(pinsOf(found([], 1))).toEqual([])
  })
})
