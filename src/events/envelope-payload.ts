import { decoderOf, type PayloadOption } from './decoder-of.ts'
import { isFields } from './event-record.ts'
import { memberText } from './json-member.ts'
import { type Payload, type PayloadDecoder, payloadError, textOf } from './payload.ts'
import { placeAt } from './place.ts'

const MAX_ENVELOPES = 8
const OPENING_BRACE = 0x7b
const BYTE_ORDER_MARK = 0xfeff

/**
 * Unwrap payloads that SNS or EventBridge wrapped on their way into a queue or stream: `inner` gets the `Message` or
 * the `detail`, through up to 8 envelopes. Other payloads are passed to `inner` unchanged.
 *
 * An envelope of SNS has `Type`, `MessageId`, `TopicArn` and `Message`, one of EventBridge `source`, `detail-type` and
 * `detail`. A detail is passed as its original text, so that none of its numbers is rounded.
 *
 * @param inner - decodes the content: a schema, `jsonPayload(schema)`, `s3ObjectsPayload()`, `linesPayload(...)`.
 * @returns a decoder for `readRecords`, O(characters) for each envelope. Paths of errors lead through `Message` and
 * `detail`. More than 8 envelopes fail with `LIMIT_EXCEEDED`.
 * @throws MillraceError `TYPE_MISMATCH` if `inner` is neither a decoder nor a schema.
 * @example
 * const body = JSON.stringify({ Type: 'Notification', MessageId: 'i', TopicArn: 'arn', Message: '{"id":9007199254740993}' })
 * const event = { Records: [{ eventSource: 'aws:sqs', messageId: 'm', body }] }
 * readRecords(event, envelopePayload(jsonPayload())).map(({ payload }) => payload) // => [{ ok: true, value: { id: 9007199254740993n } }]
 */
export function envelopePayload<T>(inner: PayloadOption<T>): PayloadDecoder<T> {
  const decoder = decoderOf('envelopePayload', inner)
  const { split } = decoder
  const decode = (payload: Payload): T => decoder.decode(unwrapped(payload))
  return split === undefined ? { decode } : { decode, split: (payload) => split(unwrapped(payload)) }
}

function unwrapped(payload: Payload): Payload {
  let inside = payload
  for (let envelopes = 0; ; envelopes++) {
    const next = insideOf(inside)
    if (next === undefined) return inside
    if (envelopes === MAX_ENVELOPES)
      throw payloadError('LIMIT_EXCEEDED', `is nested in more than ${MAX_ENVELOPES} envelopes`, inside)
    inside = next
  }
}

/** The content of an envelope; undefined if a payload is not an envelope. */
function insideOf(payload: Payload): Payload | undefined {
  if (payload.kind === 'json') return insideOfValue(payload.data, payload, undefined)
  const text = objectText(payload)
  if (text === undefined || !(text.includes('TopicArn') || text.includes('detail-type'))) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  return insideOfValue(value, payload, text)
}

function insideOfValue(value: unknown, payload: Payload, text: string | undefined): Payload | undefined {
  if (!isFields(value)) return undefined
  const { place } = payload
  const queue = 'recordId' in payload ? { recordId: payload.recordId } : {}
  const { Type, MessageId, TopicArn, Message } = value
  if ([Type, MessageId, TopicArn, Message].every((field) => typeof field === 'string'))
    return { kind: 'text', data: Message as string, place: placeAt(place, 'Message'), ...queue } as Payload
  if (typeof value['source'] !== 'string' || typeof value['detail-type'] !== 'string' || !('detail' in value))
    return undefined
  const at = placeAt(place, 'detail')
  return text === undefined
    ? { kind: 'json', data: value['detail'], place: at, event: value }
    : ({ kind: 'text', data: memberText(text, 'detail'), place: at, event: value, ...queue } as Payload)
}

/** The text of a payload that begins like an object; undefined for any other, and for bytes that are not text. */
function objectText(payload: Payload): string | undefined {
  if (payload.kind === 'none' || payload.kind === 'json') return undefined
  if (payload.kind === 'bytes' && !payload.data.subarray(0, 64).includes(OPENING_BRACE)) return undefined
  try {
    const text = textOf(payload)
    return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
  } catch {
    return undefined
  }
}
