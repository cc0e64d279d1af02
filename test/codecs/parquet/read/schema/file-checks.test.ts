import { describe, expect, test } from 'vitest'
import type { ColumnChunk, RowGroup } from '../../../../../src/codecs/parquet/read/footer/file-metadata.ts'
import { checkRowGroup, checkTotals } from '../../../../../src/codecs/parquet/read/schema/file-checks.ts'
import { leavesOf } from '../../../../../src/codecs/parquet/read/schema/schema-shape.ts'
import { leafOf, shapesOf } from '../../support/schema-element.ts'

const CHUNK: ColumnChunk = {
  type: 'INT32',
  codec: 'UNCOMPRESSED',
  path: 'a',
  values: 3,
  uncompressedBytes: 12,
  start: 4,
  end: 100,
  hasDictionary: false,
  statistics: undefined,
  encrypted: false,
}
const FLAT = leafOf({ type: 'INT32' })
const LIST = shapesOf([{ type: 'INT32', repetition: 'REPEATED' }], 1).flatMap(leavesOf)
const group = (...chunks: ColumnChunk[]): RowGroup => ({ rows: 3, chunks })

/** Check a group in a file of these leaves, whose data ends at 100. */
const check = (of: RowGroup, leaves = [FLAT], strayLeaves = 0) => {
  checkRowGroup(of, { columns: [], leafCount: 1, strayLeaves }, leaves, 100)
}

describe('a row group', () => {
  test('that is as its schema says is sound', () => {
    expect(() => check(group(CHUNK))).not.toThrow()
    expect(() => check(group({ ...CHUNK, values: 4 }), LIST)).not.toThrow()
    expect(() => check(group(CHUNK, CHUNK), [FLAT], 1)).not.toThrow()
    expect(() => check(group(CHUNK), [FLAT], 1)).not.toThrow()
    expect(() => check({ rows: 0, chunks: [{ ...CHUNK, values: 0, start: 0, end: 0 }] })).not.toThrow()
    expect(() => check({ rows: 0, chunks: [{ ...CHUNK, values: 0, end: 900 }] })).not.toThrow()
  })

  test.each<[string, RowGroup, string?]>([
    ['a row group and the schema have different numbers of columns', group(CHUNK, CHUNK)],
    ['a row group and the schema have different numbers of columns', group()],
    ['the column is encrypted', group({ ...CHUNK, encrypted: true }), 'UNSUPPORTED_FORMAT'],
    ['the type of a column chunk differs from the schema', group({ ...CHUNK, type: 'INT64' })],
    ['a column chunk is outside the data of the file', group({ ...CHUNK, start: 3 })],
    ['a column chunk is outside the data of the file', group({ ...CHUNK, end: 101 })],
    ['a column chunk has a different number of values', group({ ...CHUNK, values: 4 })],
    ['a column chunk has a different number of values', group({ ...CHUNK, values: 2 })],
  ])('%s', (message, broken, code = 'PARQUET_INVALID') => {
    expect(() => check(broken)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }))
  })

  test('of lists has a value for every row', () => {
    expect(() => check(group({ ...CHUNK, values: 2 }), LIST)).toThrow('a column chunk has fewer values')
  })

  test('that has one chunk too few beside strays', () => {
    expect(() => check(group(CHUNK, CHUNK), [FLAT], 2)).toThrow('different numbers of columns')
  })

  test('names the column of every fault', () => {
    for (const broken of [{ encrypted: true }, { type: 'INT64' }, { start: 3 }, { values: 4 }] as const) {
      expect(() => check(group({ ...CHUNK, ...broken }))).toThrow(
        expect.objectContaining({ position: { column: 'a' } }),
      )
    }
    expect(() => check(group({ ...CHUNK, values: 2 }), LIST)).toThrow(
      expect.objectContaining({ position: { column: 'a' } }),
    )
  })
})

describe('values and rows of all row groups together', () => {
  const MOST = 64 * 1024 * 1024
  const of = (rows: number, values: number): RowGroup => ({ rows, chunks: [{ ...CHUNK, values }] })
  const exceeds = (groups: RowGroup[], fileBytes: number) => {
    try {
      checkTotals(groups, [FLAT], fileBytes)
      return false
    } catch (error) {
      expect(error).toMatchObject({ code: 'LIMIT_EXCEEDED' })
      return true
    }
  }

  test('any file may have 64 Mi of them', () => {
    expect(exceeds([of(MOST, 0)], 1)).toBe(false)
    expect(exceeds([of(0, MOST)], 4096)).toBe(false)
    expect(exceeds([of(MOST + 1, 0)], 1)).toBe(true)
    expect(exceeds([of(0, MOST + 1)], 4096)).toBe(true)
    expect(exceeds([of(MOST / 2, 0), of(MOST / 2 + 1, 0)], 1)).toBe(true)
    expect(exceeds([of(0, MOST / 2), of(0, MOST / 2 + 1)], 1)).toBe(true)
  })

  test('a longer one 16,384 for every byte', () => {
    expect(exceeds([of(4097 * 16_384, 0)], 4097)).toBe(false)
    expect(exceeds([of(4097 * 16_384 + 1, 0)], 4097)).toBe(true)
  })

  test('the error names the larger number', () => {
    expect(() => checkTotals([of(MOST + 5, MOST + 9)], [FLAT], 1)).toThrow(`claims ${MOST + 9} values`)
    expect(() => checkTotals([{ rows: MOST + 5, chunks: [] }], [FLAT], 1)).toThrow(`claims ${MOST + 5} values`)
  })
})
