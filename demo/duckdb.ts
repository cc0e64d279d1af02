// DuckDB as the witness: it counts the input on its own and reads what the job wrote.
import { extname } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

export interface Witness {
  readonly rowsIn: number
  readonly distinctRows: number
  /** Nulls, among the distinct rows, in the columns that the job fills. */
  readonly nulls: number
}

export interface Output {
  readonly rows: number
  /** Nulls that are left in the columns that the job fills. */
  readonly nulls: number
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly firstRows: readonly (readonly string[])[]
}

/** What DuckDB reads of a partitioned dataset. */
export interface Dataset {
  readonly rows: number
  readonly partitions: number
  readonly rainyDays: readonly { readonly year: number; readonly days: number }[]
}

const FILLED = ['amount', 'status', 'created_at']
const FIRST_ROWS = 3

export async function openDuckDb() {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson()
  const count = async (sql: string): Promise<number> => Number((await rows(sql))[0]?.['n'])

  const columnsOf = async (table: string) =>
    (await rows(`DESCRIBE SELECT * FROM ${table}`)).map(({ column_name, column_type }) => ({
      name: String(column_name),
      type: String(column_type),
    }))
  const countNulls = async (table: string): Promise<number> => {
    const filled = (await columnsOf(table)).filter(({ name }) =>
      FILLED.includes(name.toLowerCase().replaceAll(' ', '_')),
    )
    if (filled.length === 0) return 0
    const nulls = filled.map(({ name }) => `count(*) FILTER ("${name.replaceAll('"', '""')}" IS NULL)`).join(' + ')
    return count(`SELECT ${nulls} AS n FROM ${table}`)
  }

  return {
    async countInput(file: string): Promise<Witness> {
      // Kept as a table: a count straight from a CSV file skips columns, and so the rows that cannot be read.
      await connection.run(`CREATE TABLE input AS SELECT * FROM ${tableOf(file)}`)
      await connection.run('CREATE TABLE distinct_rows AS SELECT DISTINCT * FROM input')
      return {
        rowsIn: await count('SELECT count(*) AS n FROM input'),
        distinctRows: await count('SELECT count(*) AS n FROM distinct_rows'),
        nulls: await countNulls('distinct_rows'),
      }
    },
    async readOutput(file: string): Promise<Output> {
      const table = tableOf(file)
      const first = await connection.runAndReadAll(`SELECT columns(*)::VARCHAR FROM ${table} LIMIT ${FIRST_ROWS}`)
      return {
        rows: await count(`SELECT count(*) AS n FROM ${table}`),
        nulls: await countNulls(table),
        columns: await columnsOf(table),
        firstRows: first.getRowsJson().map((row) => row.map((cell) => (cell === null ? 'null' : String(cell)))),
      }
    },
    /** Read a folder of Hive partitions as one table. */
    async readDataset(folder: string): Promise<Dataset> {
      const table = `read_parquet('${folder.replaceAll("'", "''")}/**/*.parquet', hive_partitioning = true)`
      const [total] = await rows(`SELECT count(*) AS n, count(DISTINCT (year, weather)) AS partitions FROM ${table}`)
      const answers = await rows(
        `SELECT year, count(*) FILTER (weather = 'rain') AS n FROM ${table} GROUP BY year ORDER BY year`,
      )
      return {
        rows: Number(total?.['n']),
        partitions: Number(total?.['partitions']),
        rainyDays: answers.map(({ year, n }) => ({ year: Number(year), days: Number(n) })),
      }
    },
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

function tableOf(file: string): string {
  const path = `'${file.replaceAll("'", "''")}'`
  switch (extname(file.toLowerCase().replace(/\.(gz|zst)$/, ''))) {
    case '.csv':
    case '.tsv':
      return `read_csv(${path}, ignore_errors = true)`
    case '.json':
    case '.jsonl':
    case '.ndjson':
      return `read_json_auto(${path})`
    default:
      return `read_parquet(${path})`
  }
}
