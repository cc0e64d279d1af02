import { Dictionary, Field, Float64, Int32, List, Schema, Struct, Utf8 } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Cells, cellsOf } from '../../src/columns/cells.ts'
import { distinctRows } from '../../src/columns/distinct-rows.ts'
import { equalRows } from '../../src/columns/row-equality.ts'
import { HASH_WORDS, rowHash } from '../../src/columns/row-hash.ts'
import { arbitraryTableCase, batchOf, type Cell, dataOf, type TableCase } from '../support/arbitrary-table.ts'
import { law } from '../support/law.ts'
import { rowToken } from '../support/row-token.ts'

const key = fc.array(fc.integer(), { minLength: 4, maxLength: 4 }).map((words) => Int32Array.from(words))
/** Few values, so that equal rows are frequent. */
const cases = arbitraryTableCase({ maxColumns: 2 })

describe('row hash and equality', () => {
  law(
    'row equality: the same as comparing cell by cell, nulls equal, NaN equal, -0 = 0',
    fc.property(cases, (table) => {
      const rows = preparedRows(table)
      for (const left of rows) {
        for (const right of rows) {
          expect(equalRows(left.cells, left.row, right.cells, right.row)).toBe(left.token === right.token)
        }
      }
    }),
  )

  law(
    'row hash: equal rows have equal hashes and others do not, across batches and dictionaries',
    fc.property(cases, key, (table, words) => {
      const hash = rowHash(words)
      const tokens = new Map<string, string>()
      for (const { cells, row, token } of preparedRows(table)) {
        const out = new Int32Array(HASH_WORDS)
        hash(cells, row, row + 1, out)
        const known = tokens.get(token)
        expect(out.join()).toBe(known ?? out.join())
        tokens.set(token, out.join())
      }
      expect(new Set(tokens.values()).size).toBe(tokens.size)
    }),
  )

  law(
    'row hash: many rows at once hash as one by one',
    fc.property(cases, key, ({ batches }, words) => {
      const hash = rowHash(words)
      for (const batch of batches) {
        const cells = batch.data.children.map(cellsOf)
        const all = new Int32Array(batch.numRows * HASH_WORDS)
        hash(cells, 0, batch.numRows, all)
        for (let row = 0; row < batch.numRows; row++) {
          const one = new Int32Array(HASH_WORDS)
          hash(cells, row, row + 1, one)
          expect(all.subarray(row * HASH_WORDS, (row + 1) * HASH_WORDS)).toEqual(one)
        }
      }
    }),
  )

  law(
    'distinct rows: numbered in order of first appearance, exactly even where every hash collides',
    fc.property(cases, fc.constantFrom('copy', 'share'), fc.boolean(), (table, compare, collide) => {
      const hash = collide ? constantHash : rowHash(Int32Array.of(1, 2, 3, 4))
      const distinct = distinctRows({ hash, compare: compare as 'copy' | 'share' })
      const seen = new Map<string, number>()
      const expected = table.rows.map((row) => {
        const token = rowToken(row)
        if (!seen.has(token)) seen.set(token, seen.size)
        return seen.get(token)
      })
      const numbers = table.batches.flatMap((batch) => {
        const out = new Int32Array(batch.numRows)
        distinct.number(batch.data.children, batch.numRows, out)
        return [...out]
      })
      expect(numbers).toEqual(expected)
      expect(distinct.size).toBe(seen.size)
    }),
  )

  law(
    'row hash: columns of text do not run together',
    fc.property(fc.string({ maxLength: 9 }), fc.nat(9), fc.nat(9), (text, first, second) => {
      const row = (cut: number): Cells[] =>
        [text.slice(0, cut), text.slice(cut)].map((part) => cellsOf(dataOf(new Utf8(), [part])))
      const [left, right] = [first, second].map((cut) => Math.min(cut, text.length)) as [number, number]
      expect(hashOf(row(left)) === hashOf(row(right))).toBe(left === right)
    }),
  )

  test('a dictionary column hashes as its values do', () => {
    const plain = cellsOf(dataOf(new Utf8(), ['b', null, 'a', 'b']))
    const dictionary = cellsOf(dataOf(new Dictionary(new Utf8(), new Int32()), ['b', null, 'a', 'b']))
    for (let row = 0; row < 4; row++) {
      expect(hashOf([plain], row)).toBe(hashOf([dictionary], row))
      expect(equalRows([plain], row, [dictionary], row)).toBe(true)
    }
  })

  test('null, empty, zero and false are four things; an empty list is not a null list', () => {
    const texts = cellsOf(dataOf(new Utf8(), [null, '', '\0']))
    expect(new Set([0, 1, 2].map((row) => hashOf([texts], row))).size).toBe(3)
    const lists = cellsOf(dataOf(new List(new Field('item', new Float64(), true)), [null, [], [null], [0], [-0]]))
    expect(new Set([0, 1, 2, 3, 4].map((row) => hashOf([lists], row))).size).toBe(4)
  })

  test('what lies under a null struct does not count', () => {
    const type = new Struct([new Field('a', new Utf8(), false)])
    const schema = new Schema([new Field('s', type, true)])
    const cells = batchOf(schema, [[null], [null], [{ a: 'x' }]]).data.children.map(cellsOf)
    expect(hashOf(cells, 0)).toBe(hashOf(cells, 1))
    expect(hashOf(cells, 0)).not.toBe(hashOf(cells, 2))
  })
})

function hashOf(cells: readonly Cells[], row = 0): string {
  const out = new Int32Array(HASH_WORDS)
  rowHash(Int32Array.of(11, 22, 33, 44))(cells, row, row + 1, out)
  return out.join()
}

function constantHash(_: readonly Cells[], first: number, end: number, out: Int32Array): void {
  out.fill(7, 0, (end - first) * HASH_WORDS)
}

function preparedRows({ batches, rows }: TableCase) {
  let at = 0
  return batches.flatMap((batch) => {
    const cells = batch.data.children.map(cellsOf)
    return Array.from({ length: batch.numRows }, (_, row) => ({ cells, row, token: rowToken(rows[at++] as Cell[]) }))
  })
}
