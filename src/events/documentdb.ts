import * as z from 'zod/mini'
import { type Fields, fieldsOf, isFields, noteSeconds, type RecordReader, textOrNone } from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { anyObject, optionalText } from './fields.ts'
import { placeAt } from './place.ts'

/** One change of a document, in MongoDB's extended JSON. */
export const DocumentDbRecordSchema = z.looseObject({
  event: z.looseObject({
    /** The resume token. */
    _id: z.optional(z.looseObject({ _data: optionalText })),
    clusterTime: z.optional(anyObject),
    documentKey: z.optional(anyObject),
    fullDocument: z.optional(z.nullable(anyObject)),
    ns: z.optional(z.looseObject({ db: optionalText, coll: optionalText })),
    /** `insert`, `update`, `replace`, `delete` and others. */
    operationType: z.string(),
  }),
})

/**
 * What Lambda delivers from a change stream of Amazon DocumentDB.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-documentdb.html
 *
 * @example
 * const change = { _id: { _data: '01' }, operationType: 'insert', fullDocument: { name: 'x' }, ns: { db: 'shop', coll: 'orders' } }
 * DocumentDbEventSchema.safeParse({ eventSource: 'aws:docdb', events: [{ event: change }] }).success // => true
 */
export const DocumentDbEventSchema = z.looseObject({
  eventSource: z.literal('aws:docdb'),
  eventSourceArn: optionalText,
  events: z.array(DocumentDbRecordSchema),
})

export type DocumentDbRecord = TypeOf<z.infer<typeof DocumentDbRecordSchema>>
export type DocumentDbEvent = TypeOf<z.infer<typeof DocumentDbEventSchema>>

export const readDocumentDbRecord: RecordReader = (record, place, draft) => {
  const event = fieldsOf(fieldsOf(record, place)['event'], place, ['event'])
  draft.id = textOrNone(fieldIn(event['_id'], '_data')) ?? ''
  noteSeconds(draft, fieldIn(fieldIn(event['clusterTime'], '$timestamp'), 't'))
  return { kind: 'json', data: event, place: placeAt(place, 'event') }
}

function fieldIn(value: unknown, name: string): unknown {
  return isFields(value) ? (value as Fields)[name] : undefined
}
