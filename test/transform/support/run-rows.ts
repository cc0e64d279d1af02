import { expect } from 'vitest'
import { rowsFromTable } from '../../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import type { ErrorCode, Position } from '../../../src/errors.ts'
import { type Transform, transformTable } from '../../../src/transform/index.ts'

type Rows = Record<string, unknown>[]

/** Rows through transforms, as one table. */
export function run(rows: Rows, ...transforms: Transform[]): Rows {
  return [...rowsFromTable(transformTable(tableFromRows(rows), ...transforms))]
}

/** An error of this code, and of this position where one is given. */
export function failure(code: ErrorCode, position?: Position) {
  return expect.objectContaining(position === undefined ? { code } : { code, position })
}

/** The error that a call throws. */
export function fault(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
