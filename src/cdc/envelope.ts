import type { ChangeEvent } from './change-event.ts'
import { checkChange } from './check-call.ts'
import { safeProperties } from './json-safe.ts'

type Fields = Readonly<Record<string, unknown>>

/** A change in Debezium's envelope format, safe for JSON. */
export interface ChangeEnvelope {
  /** Create, update, delete. */
  readonly op: 'c' | 'u' | 'd'
  readonly key: Fields
  /** Null if there was none, or the stream lacks it: see `source.view`. */
  readonly before: Fields | null
  readonly after: Fields | null
  /** Null if the stream lacks an image. */
  readonly changed: readonly string[] | null
  readonly source: {
    readonly connector: 'dynamodb'
    readonly table: string | null
    readonly region: string | null
    readonly event_id: string
    readonly sequence: string | null
    readonly ts_us: number | null
    readonly view: string | null
    readonly transport: ChangeEvent['transport']
    readonly cause: ChangeEvent['cause']
  }
  /** Time of the change, in milliseconds since 1970. */
  readonly ts_ms: number | null
}

const OPERATIONS = { INSERT: 'c', MODIFY: 'u', REMOVE: 'd' } as const

/**
 * Convert a change to Debezium's envelope format, for its consumers: Kafka, Flink, Hudi. Unknown values are null.
 *
 * Everything is safe for JSON: bigint as decimal text, bytes as base64, sets as sorted arrays.
 *
 * Source: https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-change-events-value
 *
 * @returns a new object. O(values).
 * @throws MillraceError `TYPE_MISMATCH` with the path to a value that JSON cannot represent, which only a function as
 * `numbers` can create, and for a value that is not a change.
 * @example
 * const change: ChangeEvent = { type: 'INSERT', id: 'e', keys: { id: 1 }, after: { id: 1, n: 2n }, cause: 'user', transport: 'streams' }
 * const { op, key, before, after } = toEnvelope(change)
 * ;[op, key, before, after] // => ['c', { id: 1 }, null, { id: 1, n: '2' }]
 */
export function toEnvelope(change: ChangeEvent): ChangeEnvelope {
  checkChange('toEnvelope', change)
  const { type, id, keys, before, after, changed, cause, time, timeUs, sequence, view, table, region, transport } =
    change
  return {
    op: OPERATIONS[type],
    key: safeProperties(keys, ['keys']),
    before: before === undefined ? null : safeProperties(before, ['before']),
    after: after === undefined ? null : safeProperties(after, ['after']),
    changed: changed ?? null,
    source: {
      connector: 'dynamodb',
      table: table ?? null,
      region: region ?? null,
      event_id: id,
      sequence: sequence ?? null,
      ts_us: timeUs === undefined ? null : Number(timeUs),
      view: view ?? null,
      transport,
      cause,
    },
    ts_ms: time?.getTime() ?? null,
  }
}
