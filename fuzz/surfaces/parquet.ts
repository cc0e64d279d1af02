import { decodeParquet, encodeParquet, type ParquetOptions, parquet } from '../../src/codecs/parquet/parquet.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { note } from '../hits.ts'
import { mutateParquet } from '../mutate/parquet.ts'
import type { Surface } from '../surface.ts'
import { choicesOf, withChoices } from './support/choices.ts'
import { all, chunksOf } from './support/chunks.ts'
import { checkSame, type Outcome, outcomeOfAsync, tableText } from './support/same.ts'

const CHOICES = 2
/** A hostile file may ask for much: what it gets must fit the process. */
const LIMITS = { maxInflatedBytes: 4 * 1024 * 1024 }
/** Cells beyond which a table is read, and not compared: its text is then one line. */
const MAX_CELLS = 20_000

async function decoded(bytes: Uint8Array, options: ParquetOptions = {}): Promise<string> {
  const table = await decodeParquet(bytes, { ...options, limits: LIMITS })
  note(1000 + Math.min(table.numRows, 63))
  note(1100 + Math.min(table.numCols, 31))
  for (const { type } of table.schema.fields) note(1200 + type.typeId)
  return table.numRows * table.numCols > MAX_CELLS ? `${table.numRows} rows` : tableText(table)
}

async function run(input: Uint8Array): Promise<void> {
  const choices = choicesOf(input)
  const way = choices.next(256)
  const bytes = input.subarray(CHOICES)
  const whole = await outcomeOfAsync(() => decoded(bytes))
  if (!whole.ok || !whole.text.includes('\n')) {
    if (way % 16 === 0) await outcomeOfAsync(() => streamed(bytes, way))
    return
  }
  if (way % 4 === 0) checkSame('whole and stream', whole, await outcomeOfAsync(() => streamed(bytes, way)))
  if (way % 8 === 1) await checkColumns(bytes, whole)
  if (way % 8 === 2) await checkRoundTrip(bytes, whole, way)
}

/** A stream of chunks, or a source that is read by range. */
async function streamed(bytes: Uint8Array, way: number): Promise<string> {
  const source =
    way % 8 === 0
      ? chunksOf(bytes, way >> 3)
      : {
          size: bytes.length,
          read: async (start: number, end: number) => bytes.slice(start, end),
          stream: ({ start, end }: { start: number; end?: number } = { start: 0 }) =>
            chunksOf(bytes.subarray(start, end), way >> 4),
        }
  const batches = await all(parquet({ limits: LIMITS }).read(source))
  return batches.length === 0 ? '0 rows\n' : tableText(batches)
}

/** Every column alone is as it is among the others. */
async function checkColumns(bytes: Uint8Array, whole: Outcome): Promise<void> {
  const lines = whole.text.split('\n').slice(1, -1)
  const table = await decodeParquet(bytes, { limits: LIMITS })
  const { fields } = table.schema
  for (const [index, { name }] of fields.entries()) {
    // Columns of one name are chosen together.
    const before = fields.slice(0, index).filter((field) => field.name === name).length
    const one = await outcomeOfAsync(async () => {
      const alone = await decodeParquet(bytes, { columns: [name], limits: LIMITS })
      return tableText(alone).split('\n')[1 + before] ?? ''
    })
    checkSame('a column and the same column alone', { ok: true, text: lines[index] ?? '' }, one)
  }
}

async function checkRoundTrip(bytes: Uint8Array, whole: Outcome, way: number): Promise<void> {
  const table = await decodeParquet(bytes, { limits: LIMITS })
  const options: ParquetOptions = {
    encodings: way % 16 === 2 ? 'compact' : 'compatible',
    compression: way % 32 < 16 ? 'none' : 'snappy',
  }
  const written = await outcomeOfAsync(async () => Buffer.from(await encodeParquet(table, options)).toString('latin1'))
  if (!written.ok) return
  const back = await decodeParquet(Buffer.from(written.text, 'latin1'))
  checkSame('table and table written', whole, { ok: true, text: tableText(back) })
}

async function seeds(): Promise<Uint8Array[]> {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, row) => ({
      id: BigInt(row) << 20n,
      half: row / 2,
      text: row % 3 === 0 ? null : `text ${row % 5}`,
      at: new Date(row * 86_400_001),
      flag: row % 2 === 0,
    }))
  const nested = Array.from({ length: 6 }, (_, row) => ({
    list: row === 2 ? null : [row, row + 1],
    struct: { name: `n${row}`, deep: [{ x: row }] },
  }))
  const typed = {
    a: 'int8',
    b: 'uint16',
    c: 'float32',
    d: 'date',
    e: 'time',
    f: 'decimal(9,2)',
    g: 'decimal(30,4)',
    h: 'binary',
    i: 'timestamp[us]',
    j: 'json',
  } as const
  const values = [
    {
      a: 1,
      b: 2,
      c: 0.5,
      d: new Date(0),
      e: '10:11:12.5',
      f: '1.25',
      g: '12345678901234567890.1234',
      h: Uint8Array.of(1, 2),
      i: 5n,
      j: '{"x":1}',
    },
    { a: null, b: null, c: null, d: null, e: null, f: null, g: null, h: null, i: null, j: null },
  ]
  const tables = [
    tableFromRows([{ id: 1n }]),
    tableFromRows(rows(3)),
    tableFromRows(rows(40)),
    tableFromRows(nested),
    tableFromRows(values, { schema: typed }),
    tableFromRows(Array.from({ length: 30 }, (_, row) => ({ s: `prefix/${row}`, n: BigInt(row * row) }))),
  ]
  const files: Uint8Array[] = []
  for (const [index, table] of tables.entries()) {
    for (const compression of ['none', 'snappy', 'gzip', 'zstd'] as const) {
      if (compression !== 'none' && index > 2) continue
      for (const encodings of ['compatible', 'compact'] as const)
        files.push(withChoices([index, 0], await encodeParquet(table, { compression, encodings })))
    }
  }
  return files
}

export const surface: Surface = {
  seeds,
  fromFile: (file) => withChoices([0, 0], file),
  mutate: mutateParquet(CHOICES),
  run,
}
