import { fieldsOf, noteTime, type RecordReader, textOrNone } from './event-record.ts'

/** A record of an on-failure destination, of a stream or of an asynchronously invoked function. */
export const readFailure: RecordReader = (event, place, draft) => {
  const fields = fieldsOf(event, place)
  const context = fieldsOf(fields['requestContext'], place, ['requestContext'])
  draft.id = textOrNone(context['requestId']) ?? ''
  noteTime(draft, textOrNone(fields['timestamp']))
  return { kind: 'json', data: event, place }
}
