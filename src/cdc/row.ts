import { MillraceError } from '../errors.ts'
import type { Kind } from '../internal/check-arguments.ts'
import type { Item } from './attribute-value.ts'
import type { ChangeEvent } from './change-event.ts'
import { checkChange, checkNames } from './check-call.ts'
import { jsonSafe } from './json-safe.ts'
import { setOwn } from './own-property.ts'
import { padSequence } from './sequence.ts'

export interface RowOptions {
  /** `'cud'`, the default: `c`, `u`, `d` for create, update, delete. `'IUD'`: `I`, `U`, `D`. */
  readonly ops?: 'cud' | 'IUD'
}

/** The columns about the change, in addition to the attributes of the item. */
export interface RowMetadata {
  readonly __op: 'c' | 'u' | 'd' | 'I' | 'U' | 'D'
  readonly __deleted: boolean
  /** Microseconds since 1970. */
  readonly __ts_us: number | null
  /** The sequence number, padded with zeros to 40 digits, so that the text sorts like the number. */
  readonly __seq: string | null
  readonly __event_id: string
  readonly __table: string | null
}

/** A change as a flat row: attributes by name, and columns about the change. */
export interface ChangeRow extends RowMetadata {
  /** Names of the attributes that changed, as a JSON array; null if the stream lacks an image. */
  readonly __changed: string | null
  readonly [attribute: string]: unknown
}

const OPERATIONS = {
  cud: { INSERT: 'c', MODIFY: 'u', REMOVE: 'd' },
  IUD: { INSERT: 'I', MODIFY: 'U', REMOVE: 'D' },
} as const

/** Names of the columns about the change, which no attribute may have. */
export const METADATA_NAMES = ['__op', '__deleted', '__ts_us', '__seq', '__event_id', '__table', '__changed'] as const

/**
 * Convert a change to a flat row, for a MERGE: the item after the change, or else before it, or else its key, and seven columns about the change.
 *
 * Everything is safe for JSON: bigint as decimal text, bytes as base64; lists, maps and sets as JSON text, sets sorted.
 *
 * @param options.ops - the letters of `__op`.
 * @returns a new object. O(values).
 * @throws MillraceError `COLUMN_CONFLICT` if an attribute has the name of one of the seven; `TYPE_MISMATCH` with the
 * path to a value that JSON cannot represent, and for a value that is not a change; `OPTION_INVALID` for unknown `ops`.
 * @example
 * const change: ChangeEvent = { type: 'REMOVE', id: 'e', keys: { id: 1 }, before: { id: 1, tags: ['a'] }, cause: 'ttl', transport: 'streams' }
 * const { id, tags, __op, __deleted } = toRow(change)
 * ;[id, tags, __op, __deleted] // => [1, '["a"]', 'd', true]
 */
export function toRow(change: ChangeEvent, options: RowOptions = {}): ChangeRow {
  checkNames('toRow', options, ROW_OPTIONS)
  checkChange('toRow', change)
  const row: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(rowItem(change))) {
    if (value === undefined) continue
    const safe = jsonSafe(value, [name])
    // A safe value that is not an object was flat: dates, bytes and numbers of custom classes are text by now.
    setOwn(row, name, typeof safe === 'object' && safe !== null ? JSON.stringify(safe) : safe)
  }
  const changed = change.changed === undefined ? null : JSON.stringify(change.changed)
  return Object.assign(row, { ...rowMetadata(change, options), __changed: changed })
}

export const ROW_OPTIONS = { ops: 'string' } as const satisfies Record<keyof RowOptions, Kind>

/** The part of the item that a row contains, after a check of its names. */
export function rowItem({ after, before, keys }: ChangeEvent): Item {
  const item = after ?? before ?? keys
  for (const name of METADATA_NAMES) {
    if (Object.hasOwn(item, name)) {
      throw new MillraceError('COLUMN_CONFLICT', 'an attribute has the name of one of the columns about the change', {
        path: [name],
      })
    }
  }
  return item
}

export function rowMetadata(change: ChangeEvent, { ops = 'cud' }: RowOptions): RowMetadata {
  const { type, timeUs, sequence, id, table } = change
  if (!Object.hasOwn(OPERATIONS, ops)) throw new MillraceError('OPTION_INVALID', "ops is 'cud' or 'IUD'")
  return {
    __op: OPERATIONS[ops][type],
    __deleted: type === 'REMOVE',
    __ts_us: timeUs === undefined ? null : Number(timeUs),
    __seq: sequence === undefined ? null : padSequence(sequence),
    __event_id: id,
    __table: table ?? null,
  }
}
