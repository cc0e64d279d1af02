import { describe, expect, test } from 'vitest'
import { decodeParquet } from '../../../../../src/codecs/parquet/parquet.ts'
import { packedRun, prefixed, repeatedRun, uint32 } from '../../support/encodings.ts'
import { batchCells } from '../../support/parquet-cells.ts'
import { type HandmadeColumn, handmadeFile, pageV1 } from '../../support/parquet-file.ts'

const word = (...values: number[]): number[] => values.flatMap(uint32)
const value = (name: string) => ({ field_1: 1, field_3: 0, field_4: name })
const group = (name: string, children: number, repetition = 0, more = {}) => ({
  field_3: repetition,
  field_4: name,
  field_5: children,
  ...more,
})

/** A column of a repeated group: its repetition levels, and a value wherever the definition level is 1. */
function column(name: string, repetitions: readonly number[], definitions: readonly number[]): HandmadeColumn {
  const present = definitions.filter((level) => level === 1).length
  const body = [
    ...prefixed(packedRun(repetitions, 1)),
    ...prefixed(packedRun(definitions, 1)),
    ...word(...Array.from({ length: present }, (_, i) => i)),
  ]
  const values = repetitions.length
  return { name, type: 'INT32', values, pages: [pageV1({ values, body })] }
}

async function cellsOf(rows: number, columns: readonly HandmadeColumn[], schema: readonly object[]) {
  const { batches } = await decodeParquet(handmadeFile({ rows, columns, footer: { field_2: schema } }))
  return batchCells(batches, 0)
}

describe('columns of one group', () => {
  const structs = [group('root', 1), group('s', 2, 2), value('a'), value('b')]

  test('of as many values go together', async () => {
    const [repetitions, definitions] = [
      [0, 1, 0, 0],
      [1, 1, 0, 1],
    ]
    const columns = [column('a', repetitions, definitions), column('b', repetitions, definitions)]
    expect(await cellsOf(3, columns, structs)).toEqual([
      [
        ['0', '0'],
        ['1', '1'],
      ],
      [],
      [['2', '2']],
    ])
  })

  test.each<[string, number[], number[]]>([
    ['more values in a list', [0, 1, 0, 0], [1, 1, 1, 1]],
    ['fewer values in a list', [0, 0, 0], [1, 0, 1]],
  ])('of other numbers are refused: %s', async (_, repetitions, definitions) => {
    const columns = [column('a', [0, 1, 0, 0], [1, 1, 0, 1]), column('b', repetitions, definitions)]
    await expect(cellsOf(3, columns, structs)).rejects.toMatchObject({
      code: 'PARQUET_INVALID',
      message: expect.stringContaining('the columns of a struct have different numbers of values'),
    })
  })

  test('of lists in structs in lists', async () => {
    const schema = [group('root', 1), group('s', 2, 2), value('a'), { ...value('b'), field_3: 2 }]
    const inner = (repetitions: readonly number[], definitions: readonly number[], present: number): HandmadeColumn => {
      const body = [
        ...prefixed(packedRun(repetitions, 2)),
        ...prefixed(packedRun(definitions, 2)),
        ...word(...Array.from({ length: present }, (_, i) => i)),
      ]
      const values = repetitions.length
      return { name: 'b', type: 'INT32', values, pages: [pageV1({ values, body })] }
    }
    const a = column('a', [0, 1, 0], [1, 1, 0])
    expect(await cellsOf(2, [a, inner([0, 2, 1, 0], [2, 2, 1, 0], 2)], schema)).toEqual([
      [
        ['0', ['0', '1']],
        ['1', []],
      ],
      [],
    ])
    await expect(cellsOf(2, [a, inner([0, 2, 0], [2, 2, 0], 2)], schema)).rejects.toMatchObject({
      message: expect.stringContaining('the columns of a struct have different numbers of values'),
    })
  })
})

test('nulls of structs and lists are counted', async () => {
  const schema = [group('root', 1), group('s', 1, 1), { ...value('a'), field_3: 1 }]
  const body = [...prefixed(packedRun([2, 0, 1, 0, 2], 2)), ...word(5, 6)]
  const columns: HandmadeColumn[] = [{ name: 'a', type: 'INT32', values: 5, pages: [pageV1({ values: 5, body })] }]
  const { batches } = await decodeParquet(handmadeFile({ rows: 5, columns, footer: { field_2: schema } }))
  const struct = batches[0]?.data.children[0]
  expect([struct?.nullCount, struct?.children[0]?.nullCount]).toEqual([2, 3])
})

test('a level above the highest of its column is refused', async () => {
  const schema = [group('root', 1), group('s', 1, 1), { ...value('a'), field_3: 1 }]
  const read = (level: number) => {
    const body = [...prefixed(packedRun([2, level], 2)), ...word(5, 6)]
    return cellsOf(2, [{ name: 'a', type: 'INT32', values: 2, pages: [pageV1({ values: 2, body })] }], schema)
  }
  expect(await read(2)).toEqual([['5'], ['6']])
  expect(await read(1)).toEqual([['5'], [null]])
  expect(await read(0)).toEqual([['5'], null])
  await expect(read(3)).rejects.toMatchObject({
    code: 'PARQUET_INVALID',
    message: expect.stringContaining('a level is above the highest of its column'),
  })
})

test('a list whose rows come in pages of their own, in batches of any size', async () => {
  const list = [group('root', 1), { ...value('a'), field_3: 2 }]
  const page = (first: number, count: number) =>
    pageV1({
      values: count,
      body: [
        ...prefixed([...repeatedRun(0, 1, 1), ...repeatedRun(1, count - 1, 1)]),
        ...prefixed(repeatedRun(1, count, 1)),
        ...word(...Array.from({ length: count }, (_, i) => first + i)),
      ],
    })
  const pages = Array.from({ length: 50 }, (_, i) => page(i * 300, 300))
  const cells = await cellsOf(50, [{ name: 'a', type: 'INT32', values: 15_000, pages }], list)
  expect(cells).toEqual(
    Array.from({ length: 50 }, (_, row) => Array.from({ length: 300 }, (__, i) => String(row * 300 + i))),
  )
})
