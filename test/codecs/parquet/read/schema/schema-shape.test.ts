import { describe, expect, test } from 'vitest'
import { decodeParquet } from '../../../../../src/codecs/parquet/parquet.ts'
import { rowsFromTable } from '../../../../../src/columns/rows-from-table.ts'
import { type HandmadeColumn, handmadeFile, pageV1 } from '../../support/parquet-file.ts'

const page = pageV1({ values: 1, body: Uint8Array.of(7, 0, 0, 0) })
const column = (name: string): HandmadeColumn => ({ name, type: 'INT32', values: 1, pages: [page] })
const leaf = (name: string) => ({ field_1: 1, field_3: 0, field_4: name })
const root = (children: number) => ({ field_4: 'root', field_5: children })

async function rowsOf(columns: readonly HandmadeColumn[], schema: readonly object[]) {
  const file = handmadeFile({ columns, rows: 1, footer: { field_2: schema } })
  return [...rowsFromTable(await decodeParquet(file))]
}

describe('schema elements outside the root are no columns', () => {
  test('without chunks of their own', async () => {
    expect(await rowsOf([column('a')], [root(1), leaf('a'), leaf('stray')])).toEqual([{ a: 7 }])
    expect(await rowsOf([column('a')], [root(1), leaf('a'), root(1), leaf('stray')])).toEqual([{ a: 7 }])
  })

  test('with chunks of their own', async () => {
    expect(await rowsOf([column('a'), column('stray')], [root(1), leaf('a'), leaf('stray')])).toEqual([{ a: 7 }])
  })

  test('a root that leads to none of the columns is refused', async () => {
    await expect(rowsOf([column('a')], [root(0), leaf('a')])).rejects.toMatchObject({ code: 'PARQUET_INVALID' })
  })

  test('other numbers of chunks are refused', async () => {
    const three = [column('a'), column('b'), column('c')]
    await expect(rowsOf(three, [root(1), leaf('a'), leaf('stray')])).rejects.toMatchObject({ code: 'PARQUET_INVALID' })
  })
})
