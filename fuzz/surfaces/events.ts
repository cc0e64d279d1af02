import { detectSource } from '../../src/events/event-source.ts'
import * as events from '../../src/events/index.ts'
import { isMillraceError } from '../../src/errors.ts'
import { note } from '../hits.ts'
import { mutateJson } from '../mutate/json.ts'
import { Difference, type Surface } from '../surface.ts'
import { choiceOf, fieldOf, inputOf, jsonOf } from './support/json-input.ts'
import { eventSeeds } from './support/event-seeds.ts'

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

const SCHEMAS = Object.entries(events).flatMap(([name, value]) => (name.endsWith('EventSchema') ? [value] : [])) as readonly {
  safeParse(value: unknown): { success: boolean }
}[]

function run(input: Uint8Array): void {
  const value = jsonOf(input)
  const event = fieldOf(value, 'event')
  const before = JSON.stringify(event)
  const decoder = DECODERS[choiceOf(value, 'way', DECODERS.length)] ?? DECODERS[0]
  const source = detectSource(event)
  try {
    const records = events.readRecords(event, decoder as events.PayloadDecoder<unknown>)
    note(1000 + Math.min(records.length, 31))
    for (const { payload, id } of records) {
      if (typeof id !== 'string') throw new Difference('an id that is no text')
      if (payload.ok) note(1100)
      else if (isMillraceError(payload.error)) note(1200 + payload.error.code.length)
      else throw payload.error
    }
    if (source === undefined && records.length > 0) throw new Difference('records of no source')
  } finally {
    readOthers(event, choiceOf(value, 'way', 1000))
    if (JSON.stringify(event) !== before) throw new Difference('the event was changed')
  }
}

/** The other readers of events. What is not typed is thrown. */
function readOthers(event: unknown, way: number): void {
  const errors: unknown[] = []
  for (const read of [
    () => events.s3Objects(event, way % 2 === 0 ? {} : { onInvalid: (error) => errors.push(error) }),
    () => SCHEMAS[way % SCHEMAS.length]?.safeParse(event),
  ]) {
    try {
      read()
    } catch (error) {
      if (!isMillraceError(error)) throw error
    }
  }
  for (const error of errors) if (!isMillraceError(error)) throw error
}

export const surface: Surface = {
  seeds: () => eventSeeds(3).map((event, index) => inputOf({ way: index, event })),
  mutate: mutateJson,
  run,
}
