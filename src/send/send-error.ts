import { isMillraceError, MillraceError } from '../errors.ts'
import type { SendReport, UnsentOutcome } from './send-report.ts'

/**
 * The error of a call in which not all entries were sent. `report` has the counts; `outcomes` the first 100 that were
 * not sent, in the order of the input.
 *
 * `outcomes` is not enumerable, so that no runtime, logger or `JSON.stringify` prints an entry. For all outcomes, use `onOutcome`.
 *
 * @example
 * const { client } = fakeService({ service: 'sqs' })
 * const send = sqsSender(client, { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/orders' })
 * const error = await send([{ MessageBody: '' }]).catch((thrown: unknown) => thrown)
 * isSendError(error) && error.report.refused // => 1
 */
export class SendError<Entry = unknown> extends MillraceError {
  readonly report: SendReport
  declare readonly outcomes: readonly UnsentOutcome<Entry>[]

  constructor(
    report: SendReport,
    outcomes: readonly UnsentOutcome<Entry>[],
    options: { readonly cause?: unknown } = {},
  ) {
    super('SEND_FAILED', summary(report, outcomes), options)
    this.report = report
    Object.defineProperty(this, 'outcomes', { value: outcomes })
  }
}

/**
 * Test whether a value is a {@link SendError}. Works across copies of the class.
 *
 * @example
 * isSendError(new Error('no')) // => false
 */
export function isSendError(value: unknown): value is SendError {
  return isMillraceError(value, 'SEND_FAILED') && 'report' in value && 'outcomes' in value
}

function summary({ sent, refused, failed, unknown }: SendReport, outcomes: readonly UnsentOutcome<unknown>[]): string {
  const unsent = refused + failed + unknown
  if (unsent === 0) return `aborted after ${sent} entries were sent, before the source had ended`
  const [first] = outcomes
  const cause = first === undefined ? '' : `; the first is entry ${first.index}: ${first.error.message}`
  return `${unsent} of ${sent + unsent} entries were not sent (${refused} refused, ${failed} failed, ${unknown} unknown)${cause}`
}
