import type { Item } from './attribute-value.ts'

/** The images that a stream carries, as `StreamViewType` says it. */
export type StreamView = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'

/** One change of one item of a DynamoDB table, whatever brought the news of it. */
export interface ChangeEvent {
  readonly type: 'INSERT' | 'MODIFY' | 'REMOVE'
  /** The `eventID`, the same in every delivery of this change; without one the sequence number, else `''`. */
  readonly id: string
  /** The primary key. */
  readonly keys: Item
  /** The item before, where the stream carries it; never of an INSERT. */
  readonly before?: Item
  /** The item after, where the stream carries it; never of a REMOVE. */
  readonly after?: Item
  /** Names of the attributes that changed, sorted; undefined where the stream lacks an image. Of an INSERT or REMOVE all names. */
  readonly changed?: readonly string[]
  /** `'ttl'` where DynamoDB removed the item because it had expired. */
  readonly cause: 'user' | 'ttl'
  /** About when the change was made. */
  readonly time?: Date
  /** The same in microseconds since 1970, as precise as the stream has it. */
  readonly timeUs?: bigint
  /** Rises with the changes of an item; see `compareSequences`. Kinesis data streams do not carry it. */
  readonly sequence?: string
  readonly view?: StreamView
  readonly table?: string
  readonly region?: string
  /** The way that the change came: a DynamoDB stream or a Kinesis data stream through Lambda, or either through EventBridge Pipes. */
  readonly transport: 'streams' | 'kinesis' | 'pipes'
  readonly sizeBytes?: number
}
