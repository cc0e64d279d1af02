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
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly firstRows: readonly (readonly string[])[]
}

const FILLED = ['amount', 'status', 'created_at']
const FIRST_ROWS = 3

export async function openDuckDb() {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson()
  const count = async (sql: string): Promise<number> => Number((await rows(sql))[0]?.['n'])

  return {
    async countInput(file: string): Promise<Witness> {
      const table = tableOf(file)
      const columns = (await rows(`DESCRIBE SELECT * FROM ${table}`)).map(({ column_name }) => String(column_name))
      const filled = columns.filter((name) => FILLED.includes(name.toLowerCase().replaceAll(' ', '_')))
      const nulls = filled.map((name) => `count(*) FILTER ("${name}" IS NULL)`).join(' + ') || '0'
      return {
        rowsIn: await count(`SELECT count(*) AS n FROM ${table}`),
        distinctRows: await count(`SELECT count(*) AS n FROM (SELECT DISTINCT * FROM ${table})`),
        nulls: await count(`SELECT ${nulls} AS n FROM (SELECT DISTINCT * FROM ${table})`),
      }
    },
    async readOutput(file: string): Promise<Output> {
      const table = tableOf(file)
      const described = await rows(`DESCRIBE SELECT * FROM ${table}`)
      const columns = described.map(({ column_name, column_type }) => ({
        name: String(column_name),
        type: String(column_type),
      }))
      const first = await connection.runAndReadAll(`SELECT columns(*)::VARCHAR FROM ${table} LIMIT ${FIRST_ROWS}`)
      return {
        rows: await count(`SELECT count(*) AS n FROM ${table}`),
        columns,
        firstRows: first.getRowsJson().map((row) => row.map((cell) => (cell === null ? 'null' : String(cell)))),
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
  switch (extname(file)) {
    case '.csv':
      return `read_csv(${path}, ignore_errors = true)`
    case '.json':
      return `read_json_auto(${path})`
    default:
      return `read_parquet(${path})`
  }
}
