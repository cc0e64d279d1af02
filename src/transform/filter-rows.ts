import * as types from 'node:util/types'
import { gatherInKernel } from '../columns/gather-kernel.ts'
import { gatherRanges } from '../columns/gather-rows.ts'
import { type Row, rowViews } from '../columns/row.ts'
import { runsWhere } from '../columns/row-ranges.ts'
import { MillraceError } from '../errors.ts'
import { checkArgument } from '../internal/check-arguments.ts'
import { defineMap, type Transform } from './transform.ts'

/**
 * Keep the rows for which the predicate holds, in order.
 *
 * @param predicate - called once per row; columns are read on access. Its errors are thrown unchanged.
 * @returns a transform that returns a batch for every batch, empty if no row is left. O(rows), plus the bytes kept.
 * @throws MillraceError `OPTION_INVALID` if the predicate returns a promise, which would be true for every row.
 * @example
 * const paid = filterRows((row) => Number(row['amount']) > 0)
 * rowsFromTable(transformTable(tableFromRows([{ amount: 5 }, { amount: 0 }]), paid)) // => [{ amount: 5 }]
 */
export function filterRows(predicate: (row: Row) => unknown): Transform {
  checkArgument('filterRows', 'the predicate', predicate, 'function', 'write filterRows((row) => row.amount > 0)')
  return defineMap('filterRows', () => {
    const gather = gatherInKernel()
    let before = 0
    return (batch) => {
      const rowAt = rowViews(batch, before)
      before += batch.numRows
      return gatherRanges(
        batch,
        runsWhere(batch.numRows, (row) => isKept(predicate(rowAt(row)))),
        gather,
      )
    }
  })
}

function isKept(answer: unknown): boolean {
  if (types.isPromise(answer)) {
    throw new MillraceError('OPTION_INVALID', 'the predicate returned a promise; resolve async data before the stream')
  }
  return Boolean(answer)
}
