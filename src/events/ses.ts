import * as z from 'zod/mini'
import { eventError, fieldsOf, nonEmptyTextIn, noteTime, type RecordReader, textOrNone } from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { anyObject, nonEmptyText, type ObjectWith, optionalText } from './fields.ts'

/** One received mail, without its body. */
export const SesRecordSchema = z.looseObject({
  eventSource: z.literal('aws:ses'),
  eventVersion: optionalText,
  ses: z.looseObject({
    mail: z.looseObject({
      messageId: nonEmptyText,
      /** ISO 8601. */
      timestamp: optionalText,
      source: optionalText,
      destination: z.optional(z.array(z.string())),
      commonHeaders: z.optional(anyObject as ObjectWith<{ readonly subject?: string | undefined }>),
    }),
    receipt: anyObject as ObjectWith<{ readonly recipients?: readonly string[] | undefined }>,
  }),
})

/**
 * The event that SES sends for a mail that a receipt rule passes to Lambda.
 *
 * Source: https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda-event.html
 *
 * @example
 * const ses = { mail: { messageId: 'm', source: 'a@example.com' }, receipt: { recipients: ['b@example.com'] } }
 * SesEventSchema.safeParse({ Records: [{ eventSource: 'aws:ses', eventVersion: '1.0', ses }] }).success // => true
 */
export const SesEventSchema = z.looseObject({ Records: z.array(SesRecordSchema) })

export type SesRecord = TypeOf<z.infer<typeof SesRecordSchema>>
export type SesEvent = TypeOf<z.infer<typeof SesEventSchema>>

export const readSesRecord: RecordReader = (record, place, draft) => {
  const outer = fieldsOf(record, place)
  const mail = fieldsOf(fieldsOf(outer['ses'], place, ['ses'])['mail'], place, ['ses', 'mail'])
  draft.id = textOrNone(mail['messageId']) ?? ''
  noteTime(draft, textOrNone(mail['timestamp']))
  if (outer['eventSource'] !== 'aws:ses') throw eventError('must be "aws:ses"', place, ['eventSource'])
  nonEmptyTextIn(mail, 'messageId', place, ['ses', 'mail'])
  return { kind: 'json', data: record, place }
}
