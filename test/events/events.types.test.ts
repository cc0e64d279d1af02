import * as v from 'valibot'
import { expectTypeOf, test } from 'vitest'
import * as zod from 'zod'
import * as z from 'zod/mini'
import type { MillraceError } from '../../src/errors.ts'
import {
  bytesPayload,
  type EventRecord,
  gunzipPayload,
  jsonPayload,
  kplPayload,
  type PayloadDecoder,
  readRecords,
  type SqsEvent,
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

test('an event is typed where the library looks, unknown elsewhere', () => {
  const read = (event: SqsEvent) => event.Records[0]
  expectTypeOf(read).returns.toExtend<{ messageId: string; body: string } | undefined>()
  expectTypeOf<NonNullable<ReturnType<typeof read>>['anything']>().toEqualTypeOf<unknown>()
})
