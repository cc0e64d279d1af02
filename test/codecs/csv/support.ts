import type { RecordBatch, Table } from 'apache-arrow'
import type { CodecInput } from '../../../src/codecs/codec.ts'
import { type CsvOptions, csv, decodeCsv } from '../../../src/codecs/csv/csv.ts'
import type { InvalidRow } from '../../../src/codecs/invalid-row.ts'
import { isMillraceError, type MillraceError } from '../../../src/errors.ts'

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** The lines of so many rows. */
export const lines = (count: number, line: (row: number) => string): string =>
  Array.from({ length: count }, (_, row) => `${line(row)}\n`).join('')

const factsOf = ({ line, row, code, reason }: InvalidRow) => [line, row, code, reason]

/** Cells of a whole table by column, and line, number, code and reason of each rejected row. */
export function read(bytes: Uint8Array, options: CsvOptions) {
  const refused: InvalidRow[] = []
  const table = decodeCsv(bytes, { ...options, onInvalidRow: (row) => refused.push(row) })
  return { cells: cellsOf(table), refused: refused.map(factsOf) }
}

/** The same of a stream. */
export async function stream(bytes: Uint8Array, options: CsvOptions) {
  const refused: InvalidRow[] = []
  const batches = await readAll(bytes, { ...options, onInvalidRow: (row) => refused.push(row) })
  return { cells: cellsOf(batches), refused: refused.map(factsOf) }
}

/** Names and types, as `name:Type`. */
export function schemaText(table: Table | RecordBatch): string[] {
  return table.schema.fields.map(({ name, type }) => `${name}:${type}`)
}

/** Every cell, by column, as plain values of Arrow's accessors. */
export function cellsOf(source: Table | readonly RecordBatch[]): unknown[][] {
  const batches: readonly RecordBatch[] = 'batches' in source ? source.batches : source
  const width = batches[0]?.schema.fields.length ?? 0
  return Array.from({ length: width }, (_, column) =>
    batches.flatMap((batch) => [...(batch.getChildAt(column) ?? [])].map((cell) => cell as unknown)),
  )
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

export function readAll(input: CodecInput, options: CsvOptions = {}): Promise<RecordBatch[]> {
  return collect(csv(options).read(input))
}

export async function* chunksAt(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  for (const [index, start] of places.slice(0, -1).entries()) yield bytes.slice(start, places[index + 1])
}

export async function errorOf(run: () => unknown): Promise<MillraceError> {
  try {
    await run()
  } catch (error) {
    if (isMillraceError(error)) return error
    throw error
  }
  throw new Error('no error was thrown')
}
