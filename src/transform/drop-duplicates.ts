import type { Data, RecordBatch, Schema } from 'apache-arrow'
import { columnIndices } from '../columns/column-index.ts'
import { type DistinctRows, distinctRows } from '../columns/distinct-rows.ts'
import type { Gather } from '../columns/gather.ts'
import { gatherInKernel } from '../columns/gather-kernel.ts'
import { gatherRanges } from '../columns/gather-rows.ts'
import { rowHash } from '../columns/row-hash.ts'
import { rowHashKernel } from '../columns/row-hash-kernel.ts'
import { countingRuns, runsWhere } from '../columns/row-ranges.ts'
import { MillraceError } from '../errors.ts'
import { checkOptions } from '../internal/check-arguments.ts'
import { checkChoice } from '../internal/check-choice.ts'
import { hashKey } from './hash-key.ts'
import { defineTransform, perSchema, type Transform, type TransformSteps } from './transform.ts'

export interface DropDuplicatesOptions {
  /** Columns to compare; all when absent. */
  readonly subset?: readonly string[]
  /** The row to keep of equal ones: the first (default), the last, or none of them. */
  readonly keep?: 'first' | 'last' | 'none'
  /** Compare the rows themselves, not only their 128-bit hashes. Default false; a whole table is always compared exactly. */
  readonly exact?: boolean
  /** Numbers from 0 up to 1, for the hash's key. Default: the system's secure source. */
  readonly random?: () => number
}

/**
 * Keep one of every group of equal rows, in order.
 *
 * Nulls equal nulls, NaN equals NaN, -0 equals 0; a dictionary column is compared by its values.
 *
 * With `keep: 'first'`, a stream is not held: memory grows by 16 bytes per distinct row and about 8 for the index,
 * however long the rows are. Rows count as equal if their 128-bit hashes are, with a new key in every run: with 10
 * million rows one in 10^23 runs would confuse two, and no file can be crafted that does. `exact` compares bytes too,
 * and so holds the distinct rows of the compared columns. `'last'` and `'none'` hold all rows until the end of the
 * stream. A batch without duplicates passes uncopied.
 *
 * @returns a transform; rows x compared bytes in time.
 * @throws MillraceError `COLUMN_UNKNOWN` if `subset` names an unknown column; `TYPE_MISMATCH` if batches of one stream
 * differ in the types of compared columns; `LIMIT_EXCEEDED` beyond 160 million distinct rows; `OPTION_INVALID` for an
 * empty `subset` or an unknown `keep`.
 * @example
 * const events = tableFromRows([{ id: 1, at: 10 }, { id: 2, at: 11 }, { id: 1, at: 12 }])
 * rowsFromTable(transformTable(events, dropDuplicates({ subset: ['id'], keep: 'last' }))) // => [{ id: 2, at: 11 }, { id: 1, at: 12 }]
 */
export function dropDuplicates(options: DropDuplicatesOptions = {}): Transform {
  checkOptions('dropDuplicates', options, OPTIONS, "write dropDuplicates({ subset: ['id'] })")
  const { subset, keep = 'first', exact = false, random } = options
  checkChoice('keep', keep, ['first', 'last', 'none'])
  if (subset?.length === 0)
    throw new MillraceError('OPTION_INVALID', 'an empty subset compares nothing; omit it to compare all columns')
  return defineTransform('dropDuplicates', ({ wholeTable }) => {
    const kernel = rowHashKernel()
    const hash = rowHash(kernel, hashKey(random))
    const distinct = distinctRows({ kernel, hash, compare: wholeTable ? 'share' : exact ? 'copy' : 'hash' })
    const columnsOf = comparedColumns(subset)
    const number: NumberRows = (batch, out) => distinct.number(columnsOf(batch), batch.numRows, out)
    const gather = gatherInKernel()
    return keep === 'first' ? keepFirst(distinct, number, gather) : keepAtEnd(distinct, number, gather, keep)
  })
}

const OPTIONS = { subset: 'strings', keep: 'string', exact: 'boolean', random: 'function' } as const

function comparedColumns(subset: readonly string[] | undefined): (batch: RecordBatch) => Data[] {
  let firstTypes: string | undefined
  const indicesOf = perSchema((schema: Schema) => {
    const indices = subset === undefined ? schema.fields.map((_, index) => index) : columnIndices(schema, subset)
    const types = indices.map((index) => `${schema.fields[index]?.type}`).join()
    firstTypes ??= types
    if (types !== firstTypes) {
      throw new MillraceError(
        'TYPE_MISMATCH',
        'the batches of one stream differ in the columns to compare; cast them first',
      )
    }
    return indices
  })
  return (batch) => indicesOf(batch.schema).map((index) => batch.data.children[index] as Data)
}

type NumberRows = (batch: RecordBatch, out: Int32Array) => void

function keepFirst(distinct: DistinctRows, number: NumberRows, gather: Gather): TransformSteps {
  let longest = new Int32Array(0)
  return {
    next(batch) {
      if (longest.length < batch.numRows) longest = new Int32Array(batch.numRows)
      const numbers = longest.subarray(0, batch.numRows)
      const first = distinct.size
      number(batch, numbers)
      return [gatherRanges(batch, countingRuns(numbers, first, distinct.size), gather)]
    },
  }
}

/** Hold the batches with the numbers of their rows: the rows to keep are known only at the end. */
function keepAtEnd(distinct: DistinctRows, number: NumberRows, gather: Gather, keep: 'last' | 'none'): TransformSteps {
  const held: { readonly batch: RecordBatch; readonly numbers: Int32Array }[] = []
  return {
    next(batch) {
      const numbers = new Int32Array(batch.numRows)
      number(batch, numbers)
      held.push({ batch, numbers })
      return []
    },
    end() {
      const left = new Int32Array(distinct.size)
      for (const { numbers } of held) for (const rowNumber of numbers) left[rowNumber] = (left[rowNumber] as number) + 1
      const isKept =
        keep === 'none'
          ? (rowNumber: number) => left[rowNumber] === 1
          : (rowNumber: number) => {
              left[rowNumber] = (left[rowNumber] as number) - 1
              return left[rowNumber] === 0
            }
      return held.map(({ batch, numbers }) => {
        const runs = runsWhere(numbers.length, (row) => isKept(numbers[row] as number))
        return gatherRanges(batch, runs, gather)
      })
    },
  }
}
