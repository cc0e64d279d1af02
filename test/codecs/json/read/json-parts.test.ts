import { Field, Int64, Table, Utf8 } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import {
  checkNdjsonHead,
  type NdjsonColumns,
  ndjsonPartReader,
  ndjsonRowSurvey,
} from '../../../../src/codecs/json/read/json-parts.ts'
import type { RowPart } from '../../../../src/codecs/json/read/rows/row-window.ts'
import { KIND } from '../../../../src/codecs/json/read/types/json-shape.ts'
import { SEEN } from '../../../../src/codecs/text/inferred-type.ts'
import { bytes, failureOf, rowsOf, typesOf } from '../support.ts'

const OPTIONS = { pins: new Map<string, Field>(), limits: {}, onInvalidRow: undefined }

function surveyed(pieces: readonly string[], pins: readonly string[] = []): NdjsonColumns | undefined {
  const survey = ndjsonRowSurvey({
    ...OPTIONS,
    pins: new Map(pins.map((name) => [name, new Field(name, new Utf8(), true)])),
  })
  for (const piece of pieces) survey.add(bytes(piece))
  return survey.columns()
}

describe('a survey in pieces of whole rows', () => {
  const { number, string, bool } = KIND

  test('finds the columns and what their values are', () => {
    expect(surveyed(['{"a":1,"b":"x"}\n{"a":2.5}', '{"c":true,"a":null}\n', '{"d":null}'])).toEqual({
      names: ['a', 'b', 'c', 'd'],
      inference: [number | SEEN.int | SEEN.float, string | SEEN.text, bool, 0],
    })
    expect(surveyed(['{}\n'])).toEqual({ names: [], inference: [] })
  })

  test('leaves out the values of pinned columns', () => {
    expect(surveyed(['{"a":1,"b":{"c":1}}'], ['b'])).toEqual({
      names: ['a', 'b'],
      inference: [number | SEEN.int, null],
    })
  })

  test('cannot describe nested columns, of any number', () => {
    for (const nested of ['{"a":{"b":1}}', '{"a":1,"b":[1]}', '{"a":{},"b":1}', '{"a":[],"b":{}}'])
      expect(surveyed([nested])).toBeUndefined()
    // Mixed kinds are text.
    expect(surveyed(['{"a":{"b":1}}', '{"a":1}'])?.names).toEqual(['a'])
  })

  test('skips rows that are rejected', () => {
    expect(surveyed(['{"a":1}\nx\n{"b":', '{"c":1,}\n{"a":2}\n'])).toEqual({
      names: ['a'],
      inference: [number | SEEN.int],
    })
  })
})

describe('a part of a file', () => {
  const columns = surveyed(['{"a":1,"b":"x"}'], []) as NdjsonColumns
  const read = (text: string, part?: RowPart, pins = new Map<string, Field>(), size?: number) => {
    const rejected: unknown[] = []
    const reader = ndjsonPartReader(columns, {
      ...OPTIONS,
      pins,
      onInvalidRow: ({ line, code }) => rejected.push([line, code]),
      ...(part && { part }),
      bytes: size,
    })
    const batches = [...reader.push(bytes(text)), ...reader.push(undefined)]
    return { table: new Table(batches), rejected }
  }

  test('has the columns of the whole file, with or without its size', () => {
    for (const size of [undefined, 10, 1000]) {
      const { table, rejected } = read('{"b":"y"}\n{"a":2}\n', undefined, undefined, size)
      expect([typesOf(table), rowsOf(table), rejected]).toEqual([
        { a: 'Int64', b: 'Utf8' },
        [
          { a: null, b: 'y' },
          { a: 2n, b: null },
        ],
        [],
      ])
    }
    expect(read('{"a":1,"b":5}\n{"a":"x"}\n{"c":1}\n').rejected).toEqual([
      [1, 'TYPE_MISMATCH'],
      [2, 'TYPE_MISMATCH'],
      [3, 'TYPE_MISMATCH'],
    ])
  })

  test('that another follows ends before it: a row that is cut off there is one', () => {
    const first = { isFirst: true, isLast: false }
    for (const [text, lines] of [
      ['{"a":1}\n', []],
      ['{"a":1}\n{"a":\n', [2]],
      ['{"a":1}\n{"a":2} x\n', [2]],
    ] as const) {
      const { table, rejected } = read(text, first)
      expect([rowsOf(table).map(({ a }) => a), rejected.map((one) => (one as unknown[])[0])]).toEqual([[1n], lines])
    }
  })

  test('need not have a pinned column, which a whole file must', () => {
    const pins = new Map([['z', new Field('z', new Int64(), true)]])
    for (const part of [
      { isFirst: true, isLast: false },
      { isFirst: false, isLast: true },
      { isFirst: false, isLast: false },
    ])
      expect(rowsOf(read('{"a":1}\n', part, pins).table)).toEqual([{ a: 1n, b: null, z: null }])
    for (const part of [undefined, { isFirst: true, isLast: true }])
      expect(failureOf(() => read('{"a":1}\n', part, pins))).toMatchObject({
        code: 'COLUMN_UNKNOWN',
        position: { column: 'z' },
      })
  })
})

test('the first bytes of a file are checked as when it is read', () => {
  expect(() => checkNdjsonHead(bytes('{"a":1}'))).not.toThrow()
  expect(failureOf(() => checkNdjsonHead(Uint8Array.of(0x1f, 0x8b, 8))).code).toBe('ENCODING_INVALID')
  const error = failureOf(() => checkNdjsonHead(Buffer.from('\ufeff{}', 'utf16le')))
  expect([error.code, error.message]).toEqual([
    'ENCODING_INVALID',
    expect.stringContaining('is not utf-8 but begins with the byte order mark of utf-16le; convert it to UTF-8'),
  ])
})
