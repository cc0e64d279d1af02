/** Failure of one attempt to send an entry, as the service reports it. */
export interface EntryFailure {
  readonly code: string
  /** True when another attempt cannot help. */
  readonly isFinal: boolean
}

/**
 * Result of one entry in an answer: its id in the service ('' for none), or a failure. Undefined where the answer does not mention it; null where it
 * contradicts itself, such as by one Id twice, which another attempt would not make clearer.
 */
export type EntryAnswer = string | EntryFailure | null | undefined

/** Rules and requests of one service, for the engine of a sender. */
export interface SendService<Entry, Wire> {
  /** Name in the messages of the channel `millrace:send`. */
  readonly name: 'sqs' | 'sns' | 'kinesis' | 'firehose' | 'eventbridge' | 'dynamodb'
  /** True where a request must not hold two entries of one key, even without order. */
  readonly isKeyExclusive?: boolean
  /**
   * Copy an entry into the form that the request carries. Does not change the entry.
   *
   * @throws MillraceError for an entry that the service would refuse.
   */
  toWire(entry: Entry): Wire
  /** Count bytes as the service does. */
  bytesOf(wire: Wire): number
  /** Return the ordering key; undefined for an entry without order. Absent where no entry has one. */
  keyOf?(wire: Wire): string | undefined
  /** Return true if the service stores the entry once although it is sent twice. Absent where it never does. */
  isRepeatable?(wire: Wire): boolean
  /** Send one request. Not called with an empty list. */
  send(wires: Wire[], signal: AbortSignal): PromiseLike<unknown>
  /** Read an answer: a result for each of these entries, by index. A shorter list says nothing about the rest. */
  answersOf(output: unknown, wires: readonly Wire[]): readonly EntryAnswer[]
}

/** A client of the AWS SDK v3, or anything with its `send`. */
export interface SendClient {
  send(command: never, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>
}
