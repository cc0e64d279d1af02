import type { KafkaIdentifier } from '../events/event-record.ts'

/**
 * What Lambda takes from the handler of a queue or a stream, where its event source mapping has `ReportBatchItemFailures`: the records to
 * hand over again. An empty list acknowledges all; an empty identifier, which is what stands for a record without one, fails all.
 */
export interface BatchResponse<Identifier extends string | KafkaIdentifier = string | KafkaIdentifier> {
  batchItemFailures: { itemIdentifier: Identifier }[]
}

/** What Firehose takes from the function that transforms its records: each record once, in any order. */
export interface FirehoseResponse {
  records: FirehoseResult[]
}

export interface FirehoseResult {
  recordId: string
  result: 'Ok' | 'Dropped' | 'ProcessingFailed'
  /** Base64. */
  data: string
  metadata?: { partitionKeys: Record<string, string> }
}

/**
 * What a handler of a Firehose record may resolve with, beside bytes or text, which are the new data. `data` that is left out, and anything
 * else that a handler resolves with, leaves the record as it is. A whole {@link FirehoseResult}, told by its `recordId`, is taken as it is:
 * its `data` is base64 already.
 */
export interface FirehoseOutcome {
  readonly result: FirehoseResult['result']
  readonly data?: Uint8Array | string
  /** For dynamic partitioning. */
  readonly metadata?: { readonly partitionKeys: Readonly<Record<string, string>> }
}

/** What S3 Batch Operations takes from the function that a job invokes: each task once. */
export interface S3BatchResponse {
  invocationSchemaVersion: string
  treatMissingKeysAs: 'PermanentFailure'
  invocationId: string
  results: S3BatchResult[]
}

export interface S3BatchResult {
  taskId: string
  /** A temporary failure is tried again before the job ends, a permanent one is not. */
  resultCode: 'Succeeded' | 'TemporaryFailure' | 'PermanentFailure'
  /** For the report of the job. */
  resultString: string
}

/** What a handler of an S3 Batch task may resolve with, beside text, which is the `resultString` of a success. */
export interface S3BatchOutcome {
  readonly resultCode: S3BatchResult['resultCode']
  readonly resultString?: string
}

/** The response to an event, where the compiler knows the event: `unknown` and `any` give {@link BatchResponse}. */
export type ResponseTo<Event> = 0 extends 1 & Event
  ? BatchResponse
  : Event extends { readonly deliveryStreamArn: string }
    ? FirehoseResponse
    : Event extends { readonly job: unknown; readonly tasks: unknown }
      ? S3BatchResponse
      : Event extends { readonly Records: unknown }
        ? BatchResponse<string>
        : BatchResponse
