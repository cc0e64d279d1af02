import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

/**
 * Compare with DuckDB: rows of the file that the output lacks, rows of the output that the file lacks, and rows of the output. `clean` is a query
 * over `file`.
 */
export async function compareWithDuckdb(
  csv: Uint8Array | string,
  parquet: ReadonlyMap<string, Uint8Array>,
  clean: string,
  columns: string,
): Promise<{ lacks: number; has: number; rows: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-fan-out-'))
  try {
    await writeFile(join(folder, 'file.csv'), csv)
    for (const [key, bytes] of parquet) {
      await mkdir(dirname(join(folder, key)), { recursive: true })
      await writeFile(join(folder, key), bytes)
    }
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
    const connection = await instance.connect()
    const count = async (query: string) => Number((await connection.runAndReadAll(query)).getRowsJson()[0]?.[0])
    const dialect = "header = true, delim = ',', quote = '\"', max_line_size = 100000000, buffer_size = 200000000"
    await connection.run(`create view file as select * from read_csv('${folder}/file.csv', ${dialect})`)
    await connection.run(`create view wanted as ${clean}`)
    const files = `read_parquet('${folder}/**/*.parquet', hive_partitioning = false)`
    await connection.run(`create view found as select ${columns} from ${files}`)
    const difference = (one: string, other: string) =>
      count(`select count(*) from (select * from ${one} except all select * from ${other})`)
    const result = {
      lacks: await difference('wanted', 'found'),
      has: await difference('found', 'wanted'),
      rows: await count('select count(*) from found'),
    }
    connection.closeSync()
    instance.closeSync()
    return result
  } finally {
    await rm(folder, { recursive: true })
  }
}
