import type { StoredOutcome, StoredRecord } from './record.ts'
import type { NoResultReason } from './store.ts'
import { recordInvalid } from './store-failure.ts'

/** A record as flat fields of text and numbers, as stores write them and people see them. */
export interface RecordFields {
  readonly state: string
  readonly token: string
  readonly attempt: number
  readonly leaseExpiresAt: number
  readonly expiresAt: number
  readonly fingerprint?: string
  /** The result of a completed call, as text. */
  readonly result?: string
  /** The key of the result, if it is stored elsewhere. */
  readonly overflow?: string
  /** The reason for a missing result. */
  readonly noResult?: string
}

const STATES: readonly unknown[] = ['in-progress', 'completed', 'released']
const NO_RESULT: readonly unknown[] = [
  'not-serialisable',
  'too-large',
  'overflow-failed',
  'refused-by-store',
  'not-needed',
]

export function fieldsOfRecord({ key: _, outcome, ...rest }: StoredRecord): RecordFields {
  return { ...rest, ...Object.fromEntries(outcomeFields(outcome)) }
}

/** The one field that holds the outcome of a completed call. */
export function outcomeFields(outcome: StoredOutcome | undefined): readonly (readonly [string, string])[] {
  switch (outcome?.kind) {
    case 'result':
      return [['result', outcome.text]]
    case 'overflow':
      return [['overflow', outcome.key]]
    case 'none':
      return [['noResult', outcome.reason]]
    default:
      return []
  }
}

/**
 * Parse a record from fields.
 *
 * @throws MillraceError `IDEMPOTENCY_RECORD_INVALID`, naming the field.
 */
export function recordOfFields(key: string, fields: Readonly<Record<string, unknown>>): StoredRecord {
  const state = fields['state']
  if (!STATES.includes(state)) throw recordInvalid('has no known state')
  const fingerprint = optionalText(fields, 'fingerprint')
  return {
    key,
    state: state as StoredRecord['state'],
    token: text(fields, 'token'),
    attempt: wholeNumber(fields, 'attempt'),
    leaseExpiresAt: number(fields, 'leaseExpiresAt'),
    expiresAt: number(fields, 'expiresAt'),
    ...(fingerprint !== undefined && { fingerprint }),
    ...(state === 'completed' && { outcome: outcomeOf(fields) }),
  }
}

function outcomeOf(fields: Readonly<Record<string, unknown>>): StoredOutcome {
  const result = optionalText(fields, 'result')
  if (result !== undefined) return { kind: 'result', text: result }
  const overflow = optionalText(fields, 'overflow')
  if (overflow !== undefined) return { kind: 'overflow', key: overflow }
  const reason = fields['noResult']
  if (!NO_RESULT.includes(reason)) throw recordInvalid('is completed without a result or a reason')
  return { kind: 'none', reason: reason as NoResultReason }
}

function optionalText(fields: Readonly<Record<string, unknown>>, name: string): string | undefined {
  return fields[name] === undefined ? undefined : text(fields, name)
}

function text(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string') throw recordInvalid(`must have a string as ${name}`)
  return value
}

function number(fields: Readonly<Record<string, unknown>>, name: string): number {
  const value = fields[name]
  if (typeof value !== 'number' || !Number.isFinite(value)) throw recordInvalid(`must have a number as ${name}`)
  return value
}

function wholeNumber(fields: Readonly<Record<string, unknown>>, name: string): number {
  const value = number(fields, name)
  if (!Number.isSafeInteger(value) || value < 1) throw recordInvalid(`must have a whole number from 1 as ${name}`)
  return value
}
