import { createRequire } from 'node:module'
import { join } from 'node:path'

/** A row as every reader can say it: integers and decimals as text, instants as milliseconds. */
export interface PlainRow {
  readonly id: string
  readonly rising: string
  readonly name: string | null
  readonly amount: number
  readonly even: boolean
  readonly at: number
  readonly local: number
  readonly tags: readonly string[]
}

export interface Reader {
  readonly name: string
  readonly module: string
  /** What `npm install` takes: the platform's binary comes with it. */
  readonly packages: readonly string[]
  rows(path: string, modules: string): Promise<PlainRow[]>
}

type Loose = Record<string, unknown>

/** Readers of other projects, pinned, which are installed outside this one: together they take 600 MB. */
export const READERS: readonly Reader[] = [
  {
    name: 'parquetjs',
    module: '@dsnp/parquetjs',
    packages: ['@dsnp/parquetjs@1.8.7'],
    async rows(path, modules) {
      const { ParquetReader } = requireFrom(modules)('@dsnp/parquetjs')
      const reader = await ParquetReader.openFile(path)
      const cursor = reader.getCursor()
      const rows: PlainRow[] = []
      for (let row = await cursor.next(); row !== null; row = await cursor.next()) {
        const { list } = row.tags as { list: { element: string }[] | null }
        rows.push(plainRow({ ...row, tags: (list ?? []).map(({ element }) => element) }))
      }
      await reader.close()
      return rows
    },
  },
  {
    name: 'polars',
    module: 'nodejs-polars',
    packages: ['nodejs-polars@0.26.1'],
    async rows(path, modules) {
      const polars = requireFrom(modules)('nodejs-polars')
      return (polars.readParquet(path).toRecords() as Loose[]).map(plainRow)
    },
  },
  {
    name: 'ClickHouse',
    module: 'chdb',
    packages: ['chdb@3.4.0'],
    async rows(path, modules) {
      const { query } = requireFrom(modules)('chdb')
      const times = 'toUnixTimestamp64Milli(at) as at, toUnixTimestamp64Milli(local) as local'
      const sql = `select * except (at, local), ${times} from file('${path}', Parquet) order by toUInt32(id) settings session_timezone = 'UTC'`
      const lines = String(query(sql, 'JSONEachRow')).trim().split('\n')
      return lines.map((line) => plainRow(JSON.parse(line) as Loose))
    },
  },
]

// biome-ignore lint/suspicious/noExplicitAny: packages that are not dependencies have no types here
function requireFrom(modules: string): (name: string) => any {
  return createRequire(join(modules, 'from.cjs'))
}

function plainRow({ id, rising, name, amount, even, at, local, tags }: Loose): PlainRow {
  return {
    id: String(id),
    rising: String(rising),
    name: (name ?? null) as string | null,
    amount: amount as number,
    even: even === true,
    at: Number(at),
    local: Number(local),
    tags: [...(tags as string[])],
  }
}
