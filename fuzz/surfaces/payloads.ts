import { gzipSync } from 'node:zlib'
import * as z from 'zod/mini'
import { isMillraceError } from '../../src/errors.ts'
import * as events from '../../src/events/index.ts'
import { aggregateRecords } from '../../src/testing/aggregate-records.ts'
import { note } from '../hits.ts'
import { mutateBytes } from '../mutate/bytes.ts'
import { Difference, type Surface } from '../surface.ts'
import { choicesOf, withChoices } from './support/choices.ts'
import { kinesisEvent } from './support/kinesis-event.ts'
import { token } from './support/same.ts'

const CHOICES = 2
const SCHEMA = z.object({ id: z.union([z.number(), z.bigint()]), name: z.optional(z.string()) })
const json = events.jsonPayload()
const DECODERS = [
  json,
  events.jsonPayload(SCHEMA),
  events.textPayload(),
  events.gunzipPayload(json, { maxBytes: 50_000 }),
  events.linesPayload(json),
  events.kplPayload(json),
  events.envelopePayload(json),
  events.gunzipPayload(events.linesPayload(json)),
  events.envelopePayload(events.linesPayload(json)),
  events.s3ObjectsPayload(),
  events.bytesPayload(),
]

/** The same payload in a record of bytes and in one of text. */
function run(input: Uint8Array): void {
  const choices = choicesOf(input)
  const decoder = choices.pick(DECODERS) as events.PayloadDecoder<unknown>
  const bytes = input.subarray(CHOICES)
  const fromBytes = outcomesOf(kinesisEvent(bytes), decoder)
  note(1000 + Math.min(fromBytes.length, 31))
  const text = Buffer.from(bytes).toString()
  // References to objects name the queue's message.
  if (choices.next(2) === 1 || text.includes('\ufffd') || decoder === DECODERS[9]) return
  const fromText = outcomesOf({ Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: text }] }, decoder)
  if (fromText.join() !== fromBytes.join()) throw new Difference(`bytes and text: ${fromBytes} and ${fromText}`)
  checkJson(text, decoder, fromBytes)
}

/** JSON of plain values is what `JSON.parse` reads. */
function checkJson(text: string, decoder: unknown, [first]: readonly string[]): void {
  if (decoder !== json || first === undefined) return
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    if (first.startsWith('ok')) throw new Difference(`read what JSON.parse refuses: ${text}`)
    return
  }
  // Numbers beyond the doubles are exact here, or refused; a key twice and a BOM are as JSON.parse has them.
  if (/\d{16}|[eE]\+?\d{2}|\d{309}/.test(text)) return
  if (first !== `ok ${token(parsed)}`) throw new Difference(`not as JSON.parse: ${first}`)
}

function outcomesOf(event: unknown, decoder: events.PayloadDecoder<unknown>): string[] {
  return events.readRecords(event, decoder).map(({ payload, subSequence }) => {
    if (payload.ok) return `ok ${token(payload.value)}`
    if (!isMillraceError(payload.error)) throw payload.error
    return `${payload.error.code} ${subSequence ?? ''}`
  })
}

const TEXTS = [
  '{"id":1,"name":"x"}',
  '{"id":9007199254740993,"big":[1e400,-0,0.1,{"__proto__":1}]}',
  '[1,"a\\u00e4\\ud83d\\ude00",null,true]',
  '{"a":1}\n{"a":2}\r\n\n{"a":',
  '{"Type":"Notification","MessageId":"m","TopicArn":"arn:aws:sns:eu-west-1:1:t","Message":"{\\"a\\":1}"}',
  '{"source":"x","detail-type":"y","detail":{"a":12345678901234567890,"b":[]}}',
  '{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"a+b%20c"}}}]}',
  '"text"',
  '\u0000\u0000\u0000\u0000\u0005{}',
]

function seeds(): Uint8Array[] {
  const kpl = aggregateRecords([
    { partitionKey: 'a', data: Buffer.from('{"id":1}') },
    { partitionKey: 'b', data: Buffer.from('x') },
  ])
  return [
    ...TEXTS.flatMap((text, index) => DECODERS.map((_, way) => withChoices([way, index], text))),
    ...TEXTS.map((text) => withChoices([3, 0], gzipSync(text))),
    withChoices([5, 0], kpl),
    withChoices([7, 0], gzipSync('{"a":1}\n{"a":2}')),
  ]
}

export const surface: Surface = { seeds, mutate: mutateBytes(CHOICES), run }
