import { checkNone } from '../internal/check-arguments.ts'
import { defineMap, type Transform } from './transform.ts'

/** A transform that counts rows as they pass. */
export type RowCounter = Transform & {
  /** Rows of the current or last run so far. */
  readonly rows: number
}

/**
 * Count the rows that pass, for metadata and logs. Batches are unchanged. Create one per run: a new run starts again at
 * 0.
 *
 * @example
 * const counter = rowCounter()
 * transformTable(tableFromRows([{ id: 1 }, { id: 2 }]), counter)
 * counter.rows // => 2
 */
export function rowCounter(): RowCounter
export function rowCounter(...given: readonly unknown[]): RowCounter {
  checkNone('rowCounter', given)
  let rows = 0
  const transform = defineMap('rowCounter', () => {
    rows = 0
    return (batch) => {
      rows += batch.numRows
      return batch
    }
  })
  return Object.defineProperty(transform as RowCounter, 'rows', { get: () => rows, enumerable: true })
}
