import { Dictionary, Int32, type Vector } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { flatLeafReader } from '../../../../../src/codecs/parquet/read/columns/flat-leaf-reader.ts'
import {
  dictionaryCollectors,
  keepDictionaries,
} from '../../../../../src/codecs/parquet/read/columns/kept-dictionary.ts'
import type { ColumnChunk, RowGroup } from '../../../../../src/codecs/parquet/read/footer/file-metadata.ts'
import type { ColumnShape, KeptDictionary, Leaf } from '../../../../../src/codecs/parquet/read/schema/schema-shape.ts'
import { openPages } from '../../support/column-pages.ts'
import { packedRun, prefixed, repeatedRun } from '../../support/encodings.ts'
import { arrowCell } from '../../support/parquet-cells.ts'
import { dictionaryPage, pageV1 } from '../../support/parquet-file.ts'
import { shapesOf } from '../../support/schema-element.ts'

const text = { type: 'BYTE_ARRAY', logical: { kind: 'string' } } as const
const group = (...hasDictionary: boolean[]): RowGroup => ({
  rows: 1,
  chunks: hasDictionary.map((has) => ({ hasDictionary: has }) as ColumnChunk),
})

describe('columns whose dictionaries are kept', () => {
  const shapes = shapesOf(
    [
      { ...text, name: 'a', repetition: 'OPTIONAL' },
      { type: 'BYTE_ARRAY', name: 'b' },
      { type: 'INT32', name: 'c' },
      { ...text, name: 'd', repetition: 'REPEATED' },
      { type: 'BYTE_ARRAY', name: 'e', logical: { kind: 'null' } },
      { type: 'BYTE_ARRAY', name: 'f', logical: { kind: 'json' } },
    ],
    6,
  )
  const keptOf = (...groups: RowGroup[]) =>
    keepDictionaries(shapes, groups).flatMap((shape) =>
      shape.kind === 'leaf' && shape.leaf.kept ? [shape.field.name] : [],
    )
  const all = group(true, true, true, true, true, true)

  test('are flat ones of text and bytes', () => {
    expect(keptOf(all)).toEqual(['a', 'b', 'f'])
    expect(keptOf()).toEqual(['a', 'b', 'f'])
  })

  test('have a dictionary in every row group that has rows', () => {
    expect(keptOf(all, group(true, false, true, true, true, true))).toEqual(['a', 'f'])
    expect(keptOf(all, { ...group(true, false), rows: 0 })).toEqual(['a', 'b', 'f'])
    expect(keptOf(all, { rows: 1, chunks: [] })).toEqual([])
  })

  test('keep their names, their marks and whether they are nullable', () => {
    const [a, b, c, , , f] = keepDictionaries(shapes, [all]) as [
      ColumnShape,
      ColumnShape,
      ColumnShape,
      unknown,
      unknown,
      ColumnShape,
    ]
    expect([a.field.nullable, b.field.nullable]).toEqual([true, false])
    expect(String(a.field.type)).toBe('Dictionary<Int32, Utf8>')
    expect(String(b.field.type)).toBe('Dictionary<Int32, Binary>')
    expect(c).toBe(shapes[2])
    expect(f.field.metadata.get('ARROW:extension:name')).toBe('arrow.json')
  })
})

const levels = (...valid: number[]) => prefixed(packedRun(valid, 1))
const texts = (...values: string[]) => values.flatMap((value) => prefixed([...Buffer.from(value)]))
const dictionary = dictionaryPage({ values: 3, body: texts('x', 'yy', 'zzz') })
const indexed = (valid: number[], indexes: number[]) =>
  pageV1({ values: valid.length, encoding: 'RLE_DICTIONARY', body: [...levels(...valid), 2, ...packedRun(indexes, 2)] })
const plain = (valid: number[], ...values: string[]) =>
  pageV1({ values: valid.length, body: [...levels(...valid), ...texts(...values)] })

/** The cells of each batch, and its dictionary. */
async function read(pages: readonly Uint8Array[], rows: number, steps: readonly number[], maxFieldBytes = 1e6) {
  const [shape] = shapesOf([{ ...text, repetition: 'OPTIONAL' }], 1) as [ColumnShape & { leaf: Leaf }]
  const type: KeptDictionary = new Dictionary(shape.field.type, new Int32())
  const leaf: Leaf = { ...shape.leaf, kept: type }
  const { reader, held } = openPages({ leaf, values: rows, pages })
  const collector = dictionaryCollectors(leaf, type, { maxFieldBytes, maxRowBytes: 1e6 })
  const column = flatLeafReader(leaf, reader, 11, collector, held)
  const batches: { cells: unknown[]; dictionary: Vector; nulls: number }[] = []
  for (let at = 0, i = 0; at < rows; i++) {
    const ready = await column.ahead(Math.min(rows - at, steps[i] ?? rows))
    const { data } = column.take(ready)
    const cells = Array.from({ length: data.length }, (_, row) => arrowCell(data, row))
    batches.push({ cells, dictionary: data.dictionary as Vector, nulls: data.nullCount })
    at += ready
  }
  return batches
}

describe('batches of a kept dictionary', () => {
  test('share it', async () => {
    const pages = [dictionary, indexed([1, 0, 1, 1], [2, 0, 1]), indexed([0, 1], [2])]
    const batches = await read(pages, 6, [2, 3, 1])
    expect(batches.map(({ cells }) => cells)).toEqual([['zzz', null], ['x', 'yy', null], ['zzz']])
    expect(new Set(batches.map(({ dictionary: vector }) => vector)).size).toBe(1)
    expect(batches.map(({ nulls }) => nulls)).toEqual([1, 1, 0])
    expect(batches[0]?.dictionary.length).toBe(3)
  })

  test('have the values of plain pages appended, for themselves', async () => {
    const pages = [dictionary, indexed([1, 1], [0, 1]), plain([1, 0, 1], 'p', 'qq'), plain([1, 1], 'r', 's')]
    const whole = await read(pages, 7, [7])
    expect(whole[0]?.cells).toEqual(['x', 'yy', 'p', null, 'qq', 'r', 's'])
    expect([...(whole[0]?.dictionary ?? [])]).toEqual(['x', 'yy', 'zzz', 'p', 'qq', 'r', 's'])
    const cut = await read(pages, 7, [1, 2, 1, 2, 1])
    expect(cut.map(({ cells }) => cells)).toEqual([['x'], ['yy', 'p'], [null], ['qq', 'r'], ['s']])
    expect(cut.map(({ dictionary: vector }) => vector.length)).toEqual([3, 4, 3, 5, 4])
    expect(cut[0]?.dictionary).toBe(cut[2]?.dictionary)
  })

  test('of nulls alone have it nevertheless', async () => {
    const [batch] = await read([dictionary, plain([0, 0])], 2, [2])
    expect([batch?.cells, batch?.nulls]).toEqual([[null, null], 2])
  })

  test('of plain pages alone have one of their values', async () => {
    const [batch] = await read([plain([1, 0, 1], 'p', 'q')], 3, [3])
    expect([batch?.cells, [...(batch?.dictionary ?? [])]]).toEqual([
      ['p', null, 'q'],
      ['p', 'q'],
    ])
  })

  test('that is not UTF-8 are refused, with their first row', async () => {
    const bad = dictionaryPage({ values: 2, body: [...texts('x'), ...prefixed([0xff])] })
    const page = pageV1({ values: 2, encoding: 'RLE_DICTIONARY', body: [...levels(1, 1), 1, ...packedRun([0, 0], 1)] })
    await expect(read([bad, page], 2, [2])).rejects.toMatchObject({ code: 'ENCODING_INVALID', position: { row: 11 } })
    const badPlain = pageV1({ values: 1, body: [...prefixed(repeatedRun(1, 1, 1)), ...prefixed([0xff])] })
    await expect(read([dictionary, indexed([1, 1], [0, 1]), badPlain], 3, [2, 1])).rejects.toMatchObject({
      code: 'ENCODING_INVALID',
      position: { row: 13 },
    })
  })

  test('with an entry that is too long are refused', async () => {
    const pages = [dictionary, indexed([1], [0])]
    await expect(read(pages, 1, [1], 2)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', position: { row: 11 } })
    expect((await read(pages, 1, [1], 3)).length).toBe(1)
  })
})
