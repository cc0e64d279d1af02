import type { MillraceError } from '../errors.ts'

/** Counts of one call of a sender. The first four add up to the entries taken. */
export interface SendReport {
  /** Entries that the service confirmed. */
  readonly sent: number
  /** Entries that broke a published rule of the service and were never sent. */
  readonly refused: number
  /** Entries that are certainly not stored. */
  readonly failed: number
  /** Entries that may or may not be stored, since a response was lost. */
  readonly unknown: number
  /** Calls of `client.send`. */
  readonly requests: number
  /** Retries of entries, each one counted. */
  readonly retries: number
  /** Bytes of the sent entries, as the service counts them. */
  readonly bytes: number
}

interface OutcomeOf<Entry> {
  /** Position in the input, from 0. */
  readonly index: number
  readonly entry: Entry
  /** Requests with the entry. */
  readonly attempts: number
}

/** An entry that the service confirmed. */
export interface SentOutcome<Entry> extends OutcomeOf<Entry> {
  readonly status: 'sent'
  /** Id in the service: a message id, a sequence number, an event id. */
  readonly id?: string
}

/** An entry that is not confirmed. */
export interface UnsentOutcome<Entry> extends OutcomeOf<Entry> {
  readonly status: 'refused' | 'failed' | 'unknown'
  readonly error: MillraceError
}

/** The outcome of one entry. */
export type SendOutcome<Entry> = SentOutcome<Entry> | UnsentOutcome<Entry>

/**
 * A sender of entries, each with exactly one outcome.
 *
 * Also usable as the end of a pipeline of `node:stream/promises`. An array of entries is sent to its end; any other
 * iterable is closed when the call is aborted.
 */
export type Sender<Entry> = (
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  options?: { readonly signal?: AbortSignal | undefined },
) => Promise<SendReport>
