import { HASH } from '../../kernels/distinct-rows/record.ts'
import { rowHash } from '../columns/row-hash.ts'
import { BLOCK_ROWS, rowHashKernel } from '../columns/row-hash-kernel.ts'
import { hashColumnOf } from '../columns/to-hash-column.ts'
import { MillraceError } from '../errors.ts'
import { notA } from '../internal/check-arguments.ts'
import { checkCount } from '../internal/check-count.ts'
import { murmur3 } from '../internal/murmur3.ts'
import { MAX_BUCKETS } from './by-bucket.ts'
import { type PartitionRule, type PartitionRuleOptions, ruleName } from './partition-rule.ts'

/** The same key in every process: a bucket is not a secret, but must be the same wherever it is computed. */
const KEY = Int32Array.of(0x6d696c6c, 0x72616365, 0x2f646174, 0x61736574)

/**
 * Partition by a hash of several columns, for shuffles: rows that are equal for `dropDuplicates` are in one bucket, in
 * every process with this version of the library. So each bucket can be deduplicated separately.
 *
 * Nulls equal nulls, NaN equals NaN, -0 equals 0, a dictionary is compared by its values. All column types except
 * unions are supported; the order of the names matters. For buckets that other engines compute too, see `byBucket`.
 *
 * @param columns - names, all columns when undefined.
 * @param buckets - number of buckets, from 1.
 * @param options.as - the partition's name, `hash` when absent.
 * @returns a rule for `datasetSink` and `athenaTable`. O(bytes of the columns).
 * @throws MillraceError `OPTION_INVALID` for an invalid number of buckets, no columns, or an unknown option;
 * `UNSUPPORTED_FORMAT`, when used, for unions.
 * @example
 * byHash(['event_id'], 64).name // => 'hash'
 */
export function byHash(
  columns: readonly string[] | undefined,
  buckets: number,
  options?: PartitionRuleOptions,
): PartitionRule {
  const isNames = columns === undefined || (Array.isArray(columns) && columns.every((name) => typeof name === 'string'))
  if (!isNames)
    throw notA('byHash', 'columns', 'an array of strings, or undefined', columns, "write byHash(['id'], 16)")
  if (columns?.length === 0) {
    throw new MillraceError('OPTION_INVALID', 'byHash: no columns hash to one bucket; pass undefined for all columns')
  }
  checkCount('buckets', buckets, 1, MAX_BUCKETS)
  return {
    name: ruleName('byHash', options, 'hash'),
    columns: columns === undefined ? undefined : [...columns],
    projection: { type: 'integer', range: [0, buckets - 1] },
    start() {
      const kernel = rowHashKernel()
      const hash = rowHash(kernel, KEY)
      return {
        valueOf: String,
        number(data, rows, out) {
          const cells = data.map(hashColumnOf)
          for (let start = 0; start < rows; start += BLOCK_ROWS) {
            const end = Math.min(start + BLOCK_ROWS, rows)
            let at = hash(cells, start, end)
            const { bytes } = kernel.memory
            // Hashed again: a few bits of a universal hash are less random than all of them.
            for (let row = start; row < end; row++, at += HASH) {
              out[row] = (murmur3(bytes, at, at + HASH) & 0x7fffffff) % buckets
            }
          }
        },
      }
    },
  }
}
