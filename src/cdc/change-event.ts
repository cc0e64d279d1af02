import type { Item } from './attribute-value.ts'

/** The images in a stream: its `StreamViewType`. */
export type StreamView = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'

/** One change of one item of a DynamoDB table, from any source. */
export interface ChangeEvent {
  readonly type: 'INSERT' | 'MODIFY' | 'REMOVE'
  /** The `eventID`, the same in every delivery of this change; without one, the sequence number, otherwise `''`. */
  readonly id: string
  /** The primary key. */
  readonly keys: Item
  /** The item before, if the stream has it; never for an INSERT. */
  readonly before?: Item
  /** The item after, if the stream has it; never for a REMOVE. */
  readonly after?: Item
  /** Names of the attributes that changed, sorted; undefined if the stream lacks an image. All names for an INSERT or REMOVE. */
  readonly changed?: readonly string[]
  /** `'ttl'` if DynamoDB removed the item because it had expired. */
  readonly cause: 'user' | 'ttl'
  /** Approximate time of the change. */
  readonly time?: Date
  /** The same in microseconds since 1970, with the precision of the stream. */
  readonly timeUs?: bigint
  /** Ascends with the changes of an item; see `compareSequences`. Kinesis data streams lack it. */
  readonly sequence?: string
  readonly view?: StreamView
  readonly table?: string
  readonly region?: string
  /** The source of the change: a DynamoDB stream or a Kinesis data stream through Lambda, or either through EventBridge Pipes. */
  readonly transport: 'streams' | 'kinesis' | 'pipes'
  readonly sizeBytes?: number
}
