/** One attempt to send an entry did not succeed, as the service says. */
export interface EntryFailure {
  readonly code: string
  /** Whether sending it again cannot help. */
  readonly isFinal: boolean
}

/**
 * What an answer says about one entry: its id in the service ('' for none), or a failure. Undefined where it says nothing; null where it contradicts
 * itself, such as by one Id twice: sending the entry again would not make it clearer.
 */
export type EntryAnswer = string | EntryFailure | null | undefined

/** What the engine of a sender has to know about a service. */
export interface SendService<Entry, Wire> {
  /** As in the messages of the channel `millrace:send`. */
  readonly name: 'sqs' | 'sns' | 'kinesis' | 'firehose' | 'eventbridge' | 'dynamodb'
  /** Whether a request must not hold two entries of one key, even where no order is asked for. */
  readonly isKeyExclusive?: boolean
  /**
   * The entry as the request carries it; never the entry itself, which is not changed.
   *
   * @throws MillraceError for an entry that the service would refuse.
   */
  toWire(entry: Entry): Wire
  /** Bytes as the service counts them. */
  bytesOf(wire: Wire): number
  /** The ordering key; undefined for an entry without any order. Absent where no entry has one. */
  keyOf?(wire: Wire): string | undefined
  /** Whether the service stores the entry once although it is sent twice. Absent where it never does. */
  isRepeatable?(wire: Wire): boolean
  /** One request. Not called with an empty list. */
  send(wires: Wire[], signal: AbortSignal): PromiseLike<unknown>
  /** What an answer says about each of these entries, by index. A shorter list says nothing about the rest. */
  answersOf(output: unknown, wires: readonly Wire[]): readonly EntryAnswer[]
}

/** A client of the AWS SDK v3, or anything with its `send`. */
export interface SendClient {
  send(command: never, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>
}
