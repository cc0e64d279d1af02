import type { CodecLimits } from '../../limits.ts'
import type { ParquetFilter } from './row-group-filter.ts'

/** How a Parquet file is read. */
export interface ParquetReadOptions {
  /** Top-level columns to read, in this order; all when absent. Only their bytes are read. */
  readonly columns?: readonly string[]
  /** Row groups to read, by index from 0, in this order; all when absent. */
  readonly rowGroups?: readonly number[]
  /**
   * A hint that skips row groups whose statistics show that no row can match. Row groups that may hold a match come whole, so filter
   * the rows as well (`filterRows`).
   */
  readonly filter?: ParquetFilter
  /** `keep`: text and binary columns that the file keeps as dictionaries become Arrow dictionaries. Default `decode`. */
  readonly dictionary?: 'decode' | 'keep'
  /** Unit of the deprecated INT96 timestamps: `ns`, or `us` for files that Spark wrote, whose years reach beyond 64-bit nanoseconds. */
  readonly int96?: 'ns' | 'us'
  readonly limits?: CodecLimits
}
