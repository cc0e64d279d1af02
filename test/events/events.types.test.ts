import * as v from 'valibot'
import { expectTypeOf, test } from 'vitest'
import * as zod from 'zod'
import * as z from 'zod/mini'
import type { MillraceError } from '../../src/errors.ts'
import {
  bytesPayload,
  type EventRecord,
  envelopePayload,
  gunzipPayload,
  jsonPayload,
  kplPayload,
  linesPayload,
  type PayloadDecoder,
  readRecords,
  type SqsEvent,
  SqsEventSchema,
  textPayload,
} from '../../src/events/index.ts'

test('a decoder tells the type of the payload, through gzip and KPL', () => {
  expectTypeOf(readRecords({}, bytesPayload())).toEqualTypeOf<EventRecord<Uint8Array>[]>()
  expectTypeOf(textPayload()).toEqualTypeOf<PayloadDecoder<string>>()
  expectTypeOf(jsonPayload()).toEqualTypeOf<PayloadDecoder<unknown>>()
  expectTypeOf(kplPayload(gunzipPayload(jsonPayload(z.object({ id: z.bigint() }))))).toEqualTypeOf<
    PayloadDecoder<{ id: bigint }>
  >()
})

test('a schema tells it, of any library that implements Standard Schema: its output, not its input', () => {
  expectTypeOf(jsonPayload(zod.string().transform(Number))).toEqualTypeOf<PayloadDecoder<number>>()
  expectTypeOf(jsonPayload(v.object({ id: v.number() }))).toEqualTypeOf<PayloadDecoder<{ id: number }>>()
})

test('a result is a value or an error', () => {
  const payload = readRecords({}, textPayload())[0]?.payload
  if (payload?.ok) expectTypeOf(payload.value).toEqualTypeOf<string>()
  if (payload?.ok === false) expectTypeOf(payload.error).toEqualTypeOf<MillraceError>()
})

test('an event is typed where the library looks; what a schema gives has the rest as unknown', () => {
  const read = (event: SqsEvent) => event.Records[0]
  expectTypeOf(read).returns.toExtend<{ messageId: string; body: string } | undefined>()
  const event = SqsEventSchema.parse({})
  expectTypeOf(event).toExtend<SqsEvent>()
  expectTypeOf(event.Records[0]?.['anything']).toEqualTypeOf<unknown>()
})

test('a schema inside a decoder is a decoder of its output', () => {
  const order = z.object({ id: z.bigint() })
  expectTypeOf(kplPayload(gunzipPayload(order))).toEqualTypeOf<PayloadDecoder<{ id: bigint }>>()
  expectTypeOf(linesPayload(envelopePayload(order))).toEqualTypeOf<PayloadDecoder<{ id: bigint }>>()
})
