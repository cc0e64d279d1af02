import type { KafkaIdentifier } from '../events/event-record.ts'

/**
 * The response that Lambda expects from the handler of a queue or a stream, if its event source mapping has
 * `ReportBatchItemFailures`: the records to redeliver. An empty list acknowledges all; an empty identifier, used for a
 * record without one, fails all.
 */
export interface BatchResponse<Identifier extends string | KafkaIdentifier = string | KafkaIdentifier> {
  batchItemFailures: { itemIdentifier: Identifier }[]
}

/** The response that Firehose expects from the function that transforms its records: every record once, in any order. */
export interface FirehoseResponse<Result extends FirehoseResult | FirehoseMskResult = FirehoseResult> {
  records: Result[]
}

interface FirehoseVerdict {
  recordId: string
  result: 'Ok' | 'Dropped' | 'ProcessingFailed'
  /**
   * Metadata as returned by the handler. `partitionKeys` is required in AWS's published types, which a handler's type
   * must fit, although a route alone has none.
   */
  metadata?: { partitionKeys: Record<string, string>; otfMetadata?: FirehoseRoute }
}

/** The destination Iceberg table of a record, and the operation. */
export interface FirehoseRoute {
  readonly destinationDatabaseName?: string
  readonly destinationTableName?: string
  /** `insert`, `update` or `delete`. */
  readonly operation?: string
}

export interface FirehoseResult extends FirehoseVerdict {
  /** Base64. */
  data: string
  kafkaRecordValue?: never
}

/** The same for a stream that reads from Amazon MSK, whose data field has another name. */
export interface FirehoseMskResult extends FirehoseVerdict {
  /** Base64. */
  kafkaRecordValue: string
  data?: never
}

/**
 * A result of a handler of a Firehose record. Alternatives are bytes or text, which are the new data, and undefined,
 * which leaves the record unchanged, as omitting `data` does. In a complete {@link FirehoseResult}, recognised by its
 * `recordId`, `data` is already base64. Anything else is `TYPE_MISMATCH`, and the record is `ProcessingFailed`.
 */
export interface FirehoseOutcome {
  readonly result: FirehoseResult['result']
  readonly data?: Uint8Array | string
  /** Partition keys for dynamic partitioning, a route for Iceberg tables. */
  readonly metadata?: {
    readonly partitionKeys?: Readonly<Record<string, string>>
    readonly otfMetadata?: FirehoseRoute
  }
}

/** The response that S3 Batch Operations expects from the function that a job invokes: every task once. */
export interface S3BatchResponse {
  invocationSchemaVersion: string
  treatMissingKeysAs: 'PermanentFailure'
  invocationId: string
  results: S3BatchResult[]
}

export interface S3BatchResult {
  taskId: string
  /** A temporary failure is retried before the job ends, a permanent one is not. */
  resultCode: 'Succeeded' | 'TemporaryFailure' | 'PermanentFailure'
  /** Text for the report of the job. */
  resultString: string
}

/** A result of a handler of an S3 Batch task; text alone is the `resultString` of a success. */
export interface S3BatchOutcome {
  readonly resultCode: S3BatchResult['resultCode']
  readonly resultString?: string
}

/** Every result that a handler of Firehose may have. */
export type FirehoseHandlerResult =
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing leaves the record unchanged
  void | undefined | string | Uint8Array | FirehoseOutcome | FirehoseResult | FirehoseMskResult

/** The result of a handler: anything, unless the compiler knows that the event comes from Firehose. */
export type HandlerResult<Event> = 0 extends 1 & Event
  ? unknown
  : Event extends { readonly deliveryStreamArn: string }
    ? FirehoseHandlerResult
    : unknown

/** The response to an event, if the compiler knows its type: `unknown` and `any` result in {@link BatchResponse}. */
export type ResponseTo<Event> = 0 extends 1 & Event
  ? BatchResponse
  : Event extends { readonly deliveryStreamArn: string }
    ? FirehoseResponse<FirehoseResultOf<Event>>
    : Event extends { readonly job: unknown; readonly tasks: unknown }
      ? S3BatchResponse
      : Event extends { readonly Records: unknown }
        ? BatchResponse<string>
        : BatchResponse

type FirehoseResultOf<Event> = Event extends { readonly records: readonly { readonly data: string }[] }
  ? FirehoseResult
  : Event extends { readonly records: readonly { readonly kafkaRecordValue: string }[] }
    ? FirehoseMskResult
    : FirehoseResult | FirehoseMskResult
