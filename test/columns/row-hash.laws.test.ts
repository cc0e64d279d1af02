import { Binary, Dictionary, Field, Float64, Int32, Int64, List, Schema, Struct, Utf8 } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HASH } from '../../kernels/distinct-rows/record.ts'
import { distinctRows } from '../../src/columns/distinct-rows.ts'
import type { HashColumn } from '../../src/columns/hash-column.ts'
import { hashSet } from '../../src/columns/hash-set.ts'
import { equalRows } from '../../src/columns/row-equality.ts'
import { type RowHash, rowHash } from '../../src/columns/row-hash.ts'
import { BLOCK_ROWS, rowHashKernel } from '../../src/columns/row-hash-kernel.ts'
import { hashColumnOf } from '../../src/columns/to-hash-column.ts'
import { arbitraryTableCase, batchOf, type Cell, dataOf, type TableCase } from '../support/arbitrary-table.ts'
import { law } from '../support/law.ts'
import { rowToken } from '../support/row-token.ts'
import { referenceHash } from './support/row-hash-reference.ts'

const key = fc.array(fc.integer(), { minLength: 4, maxLength: 4 }).map((words) => Int32Array.from(words))
/** Few values, so that equal rows are frequent. */
const cases = arbitraryTableCase({ maxColumns: 2 })

describe('row hash and equality', () => {
  law(
    'row equality: equals comparison cell by cell, with nulls equal, NaN equal, -0 = 0',
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
      const hash = hasher(words)
      const tokens = new Map<string, string>()
      for (const { cells, row, token } of preparedRows(table)) {
        const own = hash(cells, row)
        expect(own).toBe(tokens.get(token) ?? own)
        tokens.set(token, own)
      }
      expect(new Set(tokens.values()).size).toBe(tokens.size)
    }),
  )

  law(
    'row hash: hashing many rows at once equals hashing one by one',
    fc.property(cases, key, ({ batches }, words) => {
      const hash = hasher(words)
      for (const batch of batches) {
        const cells = batch.data.children.map(hashColumnOf)
        const one = Array.from({ length: batch.numRows }, (_, row) => hash(cells, row))
        expect(hash(cells, 0, batch.numRows)).toBe(one.join(''))
      }
    }),
  )

  law(
    'row hash: the kernel computes the definition',
    fc.property(
      fc.array(
        fc.oneof(
          fc.constant(null),
          fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
          fc.uint8Array({ maxLength: 300 }),
        ),
        { maxLength: 5 },
      ),
      key,
      (row, words) => {
        const cells = row.map((cell) =>
          hashColumnOf(dataOf(typeof cell === 'bigint' ? new Int64() : new Binary(), [cell])),
        )
        expect(hasher(words)(cells, 0)).toBe(referenceHash(new Uint8Array(words.slice().buffer), row))
      },
    ),
  )

  law(
    'row hash: long texts hash by all their bytes and their length, at any copy boundary',
    fc.property(
      fc.constantFrom(253, 254, 255, 256, 263, 2 ** 18 - 1, 2 ** 18, 2 ** 18 + 1, 2 ** 19 + 9),
      fc.nat(),
      key,
      (length, place, words) => {
        const bytes = new Uint8Array(length)
        const changed = bytes.slice()
        changed[place % length] = 1
        const texts = [bytes, new Uint8Array(0), changed, bytes.subarray(1), null, bytes.slice(), changed.slice()]
        const cells = [hashColumnOf(dataOf(new Binary(), texts))]
        const hash = hasher(words)
        const hashes = texts.map((_, row) => hash(cells, row))
        expect(hash(cells, 0, texts.length)).toBe(hashes.join(''))
        expect(new Set(hashes).size).toBe(5)
        expect([hashes[5], hashes[6]]).toEqual([hashes[0], hashes[2]])
      },
    ),
    { runs: 20 },
  )

  law(
    'hash set: any hashes, in any blocks, are numbered in order of first appearance, over any growth of the table',
    fc.property(
      fc.oneof(fc.constant(200_000), fc.integer({ min: 1, max: 9000 })),
      fc.integer({ min: 300, max: BLOCK_ROWS }),
      (kinds, block) => {
        const kernel = rowHashKernel()
        const at = kernel.memory.reserve(BLOCK_ROWS * HASH)
        const set = hashSet(kernel)
        const numbers = new Map<number, number>()
        const out = new Int32Array(block)
        for (let first = 0; first < 2 * kinds; first += block) {
          const expected = out.map((_, index) => {
            const kind = Math.imul(first + index, 7919) % kinds
            // Words that some share, so that searches go on past others and their tags are equal.
            kernel.memory.words.set([Math.imul(kind >> 2, 0x9e3779b1), 7, kind, 0], (at >> 2) + index * 4)
            const number = numbers.get(kind) ?? numbers.size
            numbers.set(kind, number)
            return number
          })
          set.add(at, block, out, 0)
          expect(out.every((number, index) => number === expected[index])).toBe(true)
        }
        expect(set.size).toBe(numbers.size)
      },
    ),
    { runs: 8 },
  )

  law(
    'distinct rows: numbered in order of first appearance, exactly even if every hash collides',
    fc.property(cases, fc.constantFrom('copy', 'share'), fc.boolean(), (table, compare, collide) => {
      const kernel = rowHashKernel()
      const hash = collide ? constantHash(kernel) : rowHash(kernel, Int32Array.of(1, 2, 3, 4))
      const distinct = distinctRows({ kernel, hash, compare: compare as 'copy' | 'share' })
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
    'row hash: adjacent text columns are not concatenated',
    fc.property(fc.string({ maxLength: 9 }), fc.nat(9), fc.nat(9), (text, first, second) => {
      const row = (cut: number): HashColumn[] =>
        [text.slice(0, cut), text.slice(cut)].map((part) => hashColumnOf(dataOf(new Utf8(), [part])))
      const [left, right] = [first, second].map((cut) => Math.min(cut, text.length)) as [number, number]
      expect(hashOf(row(left)) === hashOf(row(right))).toBe(left === right)
    }),
  )

  test('reports LIMIT_EXCEEDED when full', () => {
    const { exports, memory } = rowHashKernel()
    const hashes = memory.reserve(BLOCK_ROWS * HASH)
    const reserve = (bytes: number): number => {
      if (memory.top + bytes > 2 ** 21) throw new RangeError('no more memory')
      return memory.reserve(bytes)
    }
    const small = {
      get words() {
        return memory.words
      },
      get bytes() {
        return memory.bytes
      },
      get top() {
        return memory.top
      },
      reserve,
      release: memory.release,
    }
    const set = hashSet({ exports, memory: small, leave() {} })
    const out = new Int32Array(BLOCK_ROWS)
    let count = 0
    const addMore = (): void => {
      const words = memory.words.subarray(hashes >> 2, (hashes >> 2) + BLOCK_ROWS * 4)
      for (let at = 0; at < words.length; at += 4) words[at] = count++
      set.add(hashes, BLOCK_ROWS, out, 0)
    }
    expect(() => {
      for (;;) addMore()
    }).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
    expect(count).toBeGreaterThan(20_000)
  })

  test('a dictionary column hashes like its values', () => {
    const plain = hashColumnOf(dataOf(new Utf8(), ['b', null, 'a', 'b']))
    const dictionary = hashColumnOf(dataOf(new Dictionary(new Utf8(), new Int32()), ['b', null, 'a', 'b']))
    for (let row = 0; row < 4; row++) {
      expect(hashOf([plain], row)).toBe(hashOf([dictionary], row))
      expect(equalRows([plain], row, [dictionary], row)).toBe(true)
    }
  })

  test('null, empty, zero and false are different; an empty list is not a null list', () => {
    const texts = hashColumnOf(dataOf(new Utf8(), [null, '', '\0']))
    expect(new Set([0, 1, 2].map((row) => hashOf([texts], row))).size).toBe(3)
    const lists = hashColumnOf(dataOf(new List(new Field('item', new Float64(), true)), [null, [], [null], [0], [-0]]))
    expect(new Set([0, 1, 2, 3, 4].map((row) => hashOf([lists], row))).size).toBe(4)
  })

  test('values under a null struct are ignored', () => {
    const type = new Struct([new Field('a', new Utf8(), false)])
    const schema = new Schema([new Field('s', type, true)])
    const cells = batchOf(schema, [[null], [null], [{ a: 'x' }]]).data.children.map(hashColumnOf)
    expect(hashOf(cells, 0)).toBe(hashOf(cells, 1))
    expect(hashOf(cells, 0)).not.toBe(hashOf(cells, 2))
  })
})

type Kernel = ReturnType<typeof rowHashKernel>

/** The hashes of some rows in hexadecimal digits. */
function hasher(key: Int32Array): (cells: readonly HashColumn[], first: number, end?: number) => string {
  const kernel = rowHashKernel()
  const hash = rowHash(kernel, key)
  return (cells, first, end = first + 1) => {
    const at = hash(cells, first, end)
    return Buffer.from(kernel.memory.bytes.slice(at, at + (end - first) * HASH)).toString('hex')
  }
}

function hashOf(cells: readonly HashColumn[], row = 0): string {
  return hasher(Int32Array.of(11, 22, 33, 44))(cells, row)
}

function constantHash({ memory }: Kernel): RowHash {
  const at = memory.reserve(BLOCK_ROWS * HASH)
  return (_, first, end) => {
    memory.bytes.fill(7, at, at + (end - first) * HASH)
    return at
  }
}

function preparedRows({ batches, rows }: TableCase) {
  let at = 0
  return batches.flatMap((batch) => {
    const cells = batch.data.children.map(hashColumnOf)
    return Array.from({ length: batch.numRows }, (_, row) => ({ cells, row, token: rowToken(rows[at++] as Cell[]) }))
  })
}
