import { type RecordBatch, Table } from 'apache-arrow'
import { rowsFromTable } from '../../../src/columns/rows-from-table.ts'
import type { MillraceError } from '../../../src/errors.ts'
import { isMillraceError } from '../../../src/errors.ts'

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const text = (utf8: Uint8Array): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(utf8)
export const rowsOf = (table: Table): Record<string, unknown>[] => [...rowsFromTable(table)]
export const typesOf = (table: Table): Record<string, string> =>
  Object.fromEntries(table.schema.fields.map((field) => [field.name, String(field.type)]))

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of source) all.push(one)
  return all
}

/** The bytes in chunks of the given sizes, over and over. */
export async function* chunked(source: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < source.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
    yield source.subarray(at, at + size)
    at += size
  }
}

/** The error that the call throws, which must be one of ours. */
export function failureOf(call: () => unknown): MillraceError {
  try {
    call()
  } catch (error) {
    if (isMillraceError(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

export async function failure(promise: Promise<unknown>): Promise<MillraceError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  return failureOf(() => {
    if (outcome !== undefined) throw outcome
  })
}

/** Rows and types of batches, for comparing. */
export function contents(batches: readonly RecordBatch[]): unknown {
  return batches.map((batch) => ({
    types: batch.schema.fields.map(String),
    rows: batch.numCols === 0 ? batch.numRows : rowsOf(new Table([batch])),
  }))
}
