import { isMillraceError } from '../../src/errors.ts'
import { detectSource } from '../../src/events/event-source.ts'
import * as events from '../../src/events/index.ts'
import { note } from '../hits.ts'
import { mutateJson } from '../mutate/json.ts'
import { Difference, type Surface } from '../surface.ts'
import { eventSeeds } from './support/event-seeds.ts'
import { choiceOf, fieldOf, inputOf, jsonOf } from './support/json-input.ts'

const DECODERS = [
  events.jsonPayload(),
  events.textPayload(),
  events.bytesPayload(),
  events.gunzipPayload(events.jsonPayload(), { maxBytes: 100_000 }),
  events.kplPayload(events.jsonPayload()),
  events.linesPayload(events.jsonPayload()),
  events.envelopePayload(events.jsonPayload()),
  events.s3ObjectsPayload(),
] as const

const SCHEMAS = Object.entries(events).flatMap(([name, value]) =>
  name.endsWith('EventSchema') ? [value] : [],
) as readonly {
  safeParse(value: unknown): { success: boolean }
}[]

function run(input: Uint8Array): void {
  const value = jsonOf(input)
  const event = fieldOf(value, 'event')
  const before = JSON.stringify(event)
  const decoder = DECODERS[choiceOf(value, 'way', DECODERS.length)] ?? DECODERS[0]
  const source = detectSource(event)
  attempt(() => readAll(event, decoder as events.PayloadDecoder<unknown>, source !== undefined))
  readOthers(event, choiceOf(value, 'way', 1000))
  if (JSON.stringify(event) !== before) throw new Difference('the event was changed')
}

function readAll(event: unknown, decoder: events.PayloadDecoder<unknown>, hasSource: boolean): void {
  const records = events.readRecords(event, decoder)
  note(1000 + Math.min(records.length, 31))
  for (const { payload, id } of records) {
    if (typeof id !== 'string') throw new Difference('an id that is no text')
    if (payload.ok) note(1100)
    else if (isMillraceError(payload.error)) note(1200 + payload.error.code.length)
    else throw payload.error
  }
  if (!hasSource && records.length > 0) throw new Difference('records of no source')
}

/** The other readers of events. What is not typed is thrown. */
function readOthers(event: unknown, way: number): void {
  const errors: unknown[] = []
  const onInvalid = (error: unknown) => errors.push(error)
  attempt(() => events.s3Objects(event, way % 2 === 0 ? {} : { onInvalid }))
  attempt(() => SCHEMAS[way % SCHEMAS.length]?.safeParse(event))
  for (const error of errors) if (!isMillraceError(error)) throw error
}

function attempt(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    if (!isMillraceError(error)) throw error
  }
}

export const surface: Surface = {
  seeds: () => eventSeeds(3).map((event, index) => inputOf({ way: index, event })),
  fromFile: (file) => inputOf({ way: file.length, event: jsonOf(file) ?? null }),
  mutate: mutateJson,
  run,
}
