import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from 'vitest'
import { encodeParquet } from '../../src/codecs/parquet/parquet.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { hivePath, parseHivePath } from '../../src/dataset/hive-path.ts'

describe('hivePath', () => {
  test.each<[Record<string, string | null>, string]>([
    [{}, ''],
    [{ dt: '2026-01-05', region: 'eu' }, 'dt=2026-01-05/region=eu'],
    [{ k: '' }, 'k='],
    [{ k: null }, 'k=__HIVE_DEFAULT_PARTITION__'],
    [{ k: '__HIVE_DEFAULT_PARTITION__' }, 'k=%5F_HIVE_DEFAULT_PARTITION__'],
    [{ k: 'NULL' }, 'k=%4EULL'],
    [{ k: '/="#%\'*:?\\{[]^\u0001\u007f' }, 'k=%2F%3D%22%23%25%27%2A%3A%3F%5C%7B%5B%5D%5E%01%7F'],
    [{ 'a=b/c': 'é }' }, 'a%3Db%2Fc=é }'],
    [{ '.x': '..' }, '%2Ex=..'],
  ])('%o is %s', (partition, path) => {
    expect(hivePath(partition)).toBe(path)
    expect(parseHivePath(path)).toEqual(partition)
  })

  test.each([[{ '': 'a' }], [{ a: 1 }], [{ a: undefined }], [{ a: '\ud800' }], [{ '\ud800': 'a' }]])(
    '%o: OPTION_INVALID',
    (partition) => {
      expect(() => hivePath(partition as never)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    },
  )

  test('what is no object: TYPE_MISMATCH', () => {
    expect(() => hivePath('dt=1' as never)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }))
  })
})

describe('parseHivePath', () => {
  test.each<[string, Record<string, string | null>]>([
    ['lake/orders/a.parquet', {}],
    ['lake/dt=2026-01-05/a=b-00000.parquet', { dt: '2026-01-05' }],
    ['lake/dt=2026-01-05/', { dt: '2026-01-05' }],
    ['lake/city=Z%C3%BCrich/a.csv.gz', { city: 'Zürich' }],
    ['lake/city=%FF%3D/a.csv', { city: '%FF=' }],
    ['lake/city=100%/a.csv', { city: '100%' }],
    ['lake/=x/a.csv', {}],
    ['lake/a=1=2/a.csv', { a: '1=2' }],
  ])('%s', (key, partition) => {
    expect(parseHivePath(key)).toEqual(partition)
  })

  test('__proto__ is an ordinary name', () => {
    expect(Object.entries(parseHivePath('__proto__=1/x.csv'))).toEqual([['__proto__', '1']])
  })
})

test('DuckDB reads every value as it was, and null as null', async () => {
  const values = [
    '',
    'NULL',
    'null',
    'nUlL',
    '__HIVE_DEFAULT_PARTITION__',
    '__hive_default_partition__',
    'a/b',
    'a=b',
    '%41',
    'é 👍🏽',
    'it\'s "q"',
    '\u0001\t',
    '..',
    null,
  ]
  const folder = await mkdtemp(join(tmpdir(), 'millrace-hive-'))
  try {
    for (const [id, k] of values.entries()) {
      const path = join(folder, hivePath({ k }))
      await mkdir(path, { recursive: true })
      await writeFile(join(path, `f-${id}.parquet`), await encodeParquet(tableFromRows([{ id }])))
    }
    const duckdb = await (await DuckDBInstance.create()).connect()
    const read = await duckdb.runAndReadAll(
      `select k from read_parquet('${folder}/**/*.parquet', hive_partitioning = true, hive_types_autocast = false) order by id`,
    )
    expect(read.getRows().map(([k]) => k)).toEqual(values)
  } finally {
    await rm(folder, { recursive: true })
  }
})
