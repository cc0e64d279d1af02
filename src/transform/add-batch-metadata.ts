import * as types from 'node:util/types'
import { columnType, schemaFields } from '../columns/column-type.ts'
import { MillraceError } from '../errors.ts'
import { checkOptions } from '../internal/check-arguments.ts'
import { addColumnSteps } from './add-columns.ts'
import { defineTransform, type Transform } from './transform.ts'

export interface AddBatchMetadataOptions {
  /** The time of the run. Default: the clock. */
  readonly now?: () => Date
  /** The name of the run. Default: derived from its time. */
  readonly batchId?: string
}

/**
 * Add the time and the run in which a row was processed: `processed_at`, a timestamp, and `batch_id`, such as
 * `batch_20240229_235959` in UTC. Both are the same in all rows of a run.
 *
 * @throws MillraceError `COLUMN_CONFLICT` if the table already has one of these columns; `OPTION_INVALID` if `now` returns no valid time.
 * @example
 * const stamp = addBatchMetadata({ now: () => new Date('2024-02-29T23:59:59Z') })
 * Array.from(rowsFromTable(transformTable(tableFromRows([{ id: 1 }]), stamp)))[0].batch_id // => 'batch_20240229_235959'
 */
export function addBatchMetadata(options: AddBatchMetadataOptions = {}): Transform {
  checkOptions('addBatchMetadata', options, { now: 'function', batchId: 'string' })
  const { now = () => new Date(), batchId } = options
  const fields = schemaFields({ processed_at: columnType('timestamp'), batch_id: columnType('string') })
  return defineTransform('addBatchMetadata', (context) => {
    const at = now()
    if (!types.isDate(at) || Number.isNaN(at.getTime())) {
      throw new MillraceError('OPTION_INVALID', 'now: must return a valid Date')
    }
    return addColumnSteps({ processed_at: at, batch_id: batchId ?? batchIdAt(at) }, fields, context)
  })
}

function batchIdAt(time: Date): string {
  const [date = '', clock = ''] = time.toISOString().split('T')
  return `batch_${date.replaceAll('-', '')}_${clock.slice(0, 8).replaceAll(':', '')}`
}
