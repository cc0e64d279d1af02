import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

const EVERY_TYPE = `select i as id, 'user_' || (i % 37) as s, ['a', 'bb', null][1 + i % 3] as kind,
  case when i % 5 = 0 then null else i * 1.5 end as amount, cast(i as decimal(12, 2)) as price, cast(i as decimal(30, 5)) as big,
  timestamp '2024-01-01' + interval (i) second as ts, date '2020-01-01' + cast(i % 2000 as int) as d, i % 2 = 0 as flag,
  md5(cast(i as varchar)) as note, [i, null, i + 1] as l, {'a': i, 'b': ['x', null]} as st, map {i: 'v', i + 1: null} as m,
  [[i], [], null] as ll, cast(i % 100 as utinyint) as u8, cast(i as float) as f, cast(i as double) as g,
  cast(i % 3 as smallint) as i16, time '12:00:00' as t from range(300) r(i)`

const FORMATS = [
  '',
  ', parquet_version v2',
  ', compression zstd',
  ', compression gzip',
  ', compression uncompressed',
  ', parquet_version v2, compression uncompressed',
  ', compression brotli',
  ', compression lz4_raw',
  ', row_group_size 100, compression uncompressed',
]

/** Files that DuckDB writes of one table of many types: both versions of pages, every encoding and compression it has. No checksums. */
export async function duckdbFiles(): Promise<Uint8Array[]> {
  const folder = mkdtempSync(join(tmpdir(), 'parquet-duckdb-'))
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  try {
    const files: Uint8Array[] = []
    for (const [index, format] of FORMATS.entries()) {
      const path = join(folder, `${index}.parquet`)
      await connection.run(`copy (${EVERY_TYPE}) to '${path}' (format parquet${format})`)
      files.push(new Uint8Array(readFileSync(path)))
    }
    return files
  } finally {
    connection.closeSync()
    instance.closeSync()
    rmSync(folder, { recursive: true })
  }
}
