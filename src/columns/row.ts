import type { Data, RecordBatch } from 'apache-arrow'
import { locatedError } from './cell-error.ts'
import { recordKeys } from './record-key.ts'
import { type ValueReader, valueReader } from './value-reader.ts'

/**
 * One row as passed to a callback: like a plain object of its values, but columns are read on access, so a callback
 * pays only for what it uses. Read-only; it may be kept.
 */
export type Row = Readonly<Record<string, unknown>>

const INDEX = Symbol('row')
type Target = { [INDEX]: number }

/**
 * Rows of one batch by index.
 *
 * @param before - rows of earlier batches, for errors.
 * @param readerOf - creates the reader of a column.
 */
export function rowViews(batch: RecordBatch, before: number, readerOf = valueReader): (index: number) => Row {
  const names = recordKeys(batch.schema.fields)
  const columns = new Map(names.map((name, index) => [name, lazyReader(batch, index, readerOf)]))
  const read = (target: Target, name: string): unknown => {
    try {
      return columns.get(name)?.(target[INDEX])
    } catch (error) {
      throw locatedError(error, { row: before + target[INDEX] + 1, column: name })
    }
  }
  const handler: ProxyHandler<Target> = {
    get: (target, name) => (typeof name === 'string' ? read(target, name) : undefined),
    has: (_, name) => typeof name === 'string' && columns.has(name),
    ownKeys: () => names,
    getOwnPropertyDescriptor(target, name) {
      if (typeof name !== 'string' || !columns.has(name)) return undefined
      return { value: read(target, name), enumerable: true, configurable: true, writable: false }
    },
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  }
  return (index) => {
    const target: Target = Object.create(null)
    target[INDEX] = index
    return new Proxy(target, handler) as Row
  }
}

/** A reader that accesses its column only when the first value is requested. */
function lazyReader(batch: RecordBatch, index: number, readerOf: (data: Data) => ValueReader): ValueReader {
  let reader: ValueReader | undefined
  return (row) => {
    reader ??= readerOf(batch.data.children[index] as Data)
    return reader(row)
  }
}
