import type { RecordBatch, Table } from 'apache-arrow'
import { columnReaders } from '../../../src/columns/rows-from-table.ts'
import { isMillraceError } from '../../../src/errors.ts'
import { Difference } from '../../surface.ts'

/** Result of a way to read: its tokens, or the text of a typed error. */
export interface Outcome {
  readonly ok: boolean
  readonly text: string
}

/** Run a way to read. What is no `MillraceError` is thrown on. */
export function outcomeOf(read: () => string): Outcome {
  try {
    return { ok: true, text: read() }
  } catch (error) {
    return { ok: false, text: errorText(error) }
  }
}

export async function outcomeOfAsync(read: () => Promise<string>): Promise<Outcome> {
  try {
    return { ok: true, text: await read() }
  } catch (error) {
    return { ok: false, text: errorText(error) }
  }
}

function errorText(error: unknown): string {
  if (!isMillraceError(error)) throw error
  return `${error.code} ${error.message} ${JSON.stringify(error.position ?? null)} ${JSON.stringify(error.path ?? null)}`
}

/** @throws Difference, which shows where the texts part. */
export function checkSame(what: string, one: Outcome, other: Outcome): void {
  if (one.text === other.text) return
  let at = 0
  while (one.text[at] === other.text[at]) at++
  const cut = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 40), at + 80))
  throw new Difference(`${what}: ${cut(one.text)} and ${cut(other.text)}`)
}

/** Columns, types and cells as text that is equal for equal tables, however they are cut into batches. */
export function tableText(source: Table | readonly RecordBatch[]): string {
  const batches: readonly RecordBatch[] = 'batches' in source ? source.batches : source
  const fields = ('batches' in source ? source.schema : batches[0]?.schema)?.fields ?? []
  const rows = batches.reduce((sum, { numRows }) => sum + numRows, 0)
  const readers = batches.map(columnReaders)
  let text = `${rows} rows\n`
  for (const [column, { name, type }] of fields.entries()) {
    text += `${JSON.stringify(name)} ${type}:`
    for (const [index, { numRows }] of batches.entries()) {
      const read = readers[index]?.[column]
      for (let row = 0; row < numRows; row++) text += ` ${cellText(read, row)}`
    }
    text += '\n'
  }
  return text
}

/** A cell by the library's own reader, which refuses what JavaScript has no value for. */
function cellText(read: ((row: number) => unknown) | undefined, row: number): string {
  try {
    return token(read?.(row))
  } catch (error) {
    return errorText(error)
  }
}

/** A value as text: types and signs of zero kept apart. */
export function token(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : `${value}`
    case 'bigint':
      return `${value}n`
    case 'object':
      return objectToken(value)
    default:
      return `${value as undefined}`
  }
}

function objectToken(value: object | null): string {
  if (value === null) return 'null'
  if (ArrayBuffer.isView(value))
    return `<${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}>`
  if (value instanceof Date) return `date ${value.getTime()}`
  if (value instanceof Set) return `set ${[...value].map(token)}`
  if (value instanceof Map || Array.isArray(value)) return `[${[...value].map(token)}]`
  if (Symbol.iterator in value) return `[${[...(value as Iterable<unknown>)].map(token)}]`
  return `{${Object.keys(value).map((key) => `${JSON.stringify(key)}:${token((value as Record<string, unknown>)[key])}`)}}`
}
