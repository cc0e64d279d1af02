/** Failure of one attempt to send an entry, as the service reports it. */
export interface EntryFailure {
  readonly code: string
  /** True if a retry cannot help. */
  readonly isFinal: boolean
}

/**
 * Result of one entry in a response: its id in the service ('' for none), or a failure. Undefined if the response does
 * not mention it; null if it is contradictory, such as with one Id twice, which a retry would not resolve.
 */
export type EntryAnswer = string | EntryFailure | null | undefined

/** Rules and requests of one service, for `runSend`. */
export interface SendService<Entry, Wire> {
  /** Name in the messages of the channel `millrace:send`. */
  readonly name: 'sqs' | 'sns' | 'kinesis' | 'firehose' | 'eventbridge' | 'dynamodb'
  /** True if a request must not contain two entries of one key, even without order. */
  readonly isKeyExclusive?: boolean
  /**
   * Copy an entry into the form of the request. Does not change the entry.
   *
   * @throws MillraceError for an entry that the service would reject.
   */
  toWire(entry: Entry): Wire
  /** Count bytes as the service does. */
  bytesOf(wire: Wire): number
  /** Return the ordering key; undefined for an entry without order. Absent if no entry has one. */
  keyOf?(wire: Wire): string | undefined
  /** Return true if the service deduplicates the entry. Absent if it never does. */
  isRepeatable?(wire: Wire): boolean
  /** Send one request. Not called with an empty list. */
  send(wires: Wire[], signal: AbortSignal): PromiseLike<unknown>
  /** Read a response: a result for each of these entries, by index. A shorter list has no results for the others. */
  answersOf(output: unknown, wires: readonly Wire[]): readonly EntryAnswer[]
}

/** A client of the AWS SDK v3, or any object with its `send`. */
export interface SendClient {
  send(command: never, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>
}
