import { checkOptions, type Kind } from '../../../internal/check-arguments.ts'
import { checkChoice } from '../../../internal/check-choice.ts'
import type { CodecLimits } from '../../limits.ts'
import type { ParquetCondition, ParquetFilter } from './schema/row-group-filter.ts'

/**
 * Options for reading a Parquet file.
 *
 * @example
 * const table = tableFromRows(Array.from({ length: 6 }, (_, id) => ({ id, name: `row ${id}`, even: id % 2 === 0 })))
 * const bytes = await encodeParquet(table, { rowGroupRows: 2 })
 * const some = await decodeParquet(bytes, { columns: ['name'], filter: { id: { gte: 2, lt: 3 } } })
 * rowsFromTable(some) // => [{ name: 'row 2' }, { name: 'row 3' }]
 */
export interface ParquetReadOptions {
  /** Top-level columns to read, in this order; all when absent. Only their bytes are read. */
  readonly columns?: readonly string[]
  /** Row groups to read, by index from 0, in this order; all when absent. */
  readonly rowGroups?: readonly number[]
  /**
   * Skips row groups whose statistics show that no row can match. Row groups that may contain a match are read whole,
   * so filter the rows as well (`filterRows`).
   */
  readonly filter?: ParquetFilter
  /** `keep`: text and binary columns stored as dictionaries become Arrow dictionaries. Default `decode`. */
  readonly dictionary?: 'decode' | 'keep'
  /**
   * Unit of the deprecated INT96 timestamps, which hold nanoseconds. Default `ns`, and `us` for files that Spark wrote.
   * 64-bit nanoseconds range from 1677 to 2262: use `us` if dates such as 9999-12-31 mean an open end. A value that
   * does not fit its unit fails with `TYPE_MISMATCH`.
   */
  readonly int96?: 'ns' | 'us'
  /** Limits for hostile files: `LIMIT_EXCEEDED` beyond. */
  readonly limits?: CodecLimits
}

export const READ_OPTIONS = {
  columns: 'strings',
  rowGroups: 'array',
  filter: 'object',
  dictionary: 'string',
  int96: 'string',
  limits: 'object',
} as const satisfies Record<keyof ParquetReadOptions, Kind>

const CONDITION = {
  eq: 'any',
  in: 'array',
  gt: 'any',
  gte: 'any',
  lt: 'any',
  lte: 'any',
} as const satisfies Record<keyof ParquetCondition, Kind>

/** Check what the kinds of {@link READ_OPTIONS} do not: choices, and the conditions of a filter. */
export function checkReadOptions(entry: string, { dictionary, int96, filter = {} }: ParquetReadOptions): void {
  if (dictionary !== undefined) checkChoice('dictionary', dictionary, ['decode', 'keep'])
  if (int96 !== undefined) checkChoice('int96', int96, ['ns', 'us'])
  for (const condition of Object.values(filter)) checkOptions(`${entry}: filter`, condition, CONDITION)
}
