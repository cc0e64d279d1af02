import { setTimeout as wait } from 'node:timers/promises'
import type { RecordBatch } from 'apache-arrow'
import type { Codec } from '../codecs/codec.ts'
import { parquet } from '../codecs/parquet/parquet.ts'
import { checkBatch, checkBatches } from '../columns/check-table.ts'
import { MillraceError } from '../errors.ts'
import { channels, type SinkMessage } from '../internal/channels.ts'
import { checkArgument, checkFields, checkOptions, notA } from '../internal/check-arguments.ts'
import { checkCount } from '../internal/check-count.ts'
import { traceAsync } from '../internal/trace.ts'
import { untilAborted } from '../internal/until-aborted.ts'
import { MIN_PART_BYTES } from '../s3/multipart-upload.ts'
import { headersOf, type ObjectHeaders, placeOf, type S3Target } from '../s3/object-headers.ts'
import type { SinkClient } from '../s3/request-body.ts'
import { writeError } from '../s3/s3-error.ts'
import { completeUploads } from './complete-uploads.ts'
import { datasetRun, type WrittenFile } from './dataset-run.ts'
import { type DatasetFile, type DatasetWrite, DatasetWriteError } from './dataset-write.ts'
import { keyOfFile, prefixOf } from './file-key.ts'
import { type PartitionBy, partitionNames } from './partition-by.ts'
import { type StagedUploads, stagedUploads } from './staged-uploads.ts'

/** Location and partitions of a dataset's files, and their headers. */
export interface DatasetTarget extends Omit<S3Target, 'key' | 'metadata' | 'ifNoneMatch'> {
  /** Prefix of all keys, with or without a final slash; `''` is the bucket's root. */
  readonly prefix: string
  /** Prefix of file names: 1 to 200 of `A-Za-z0-9._~=-`, not beginning with `_` or `.`. Use one name per input: writing again replaces the files. */
  readonly name: string
  /** Column names, which are removed from the files, and rules, outermost first. Default none. */
  readonly partitionBy?: PartitionBy
  /** Bytes of Arrow buffers after which a file is full. Default 128 MiB; encoded it is smaller, for Parquet by a factor of 2 to 10. */
  readonly targetBytes?: number
  /** Most files open at the same time. Default 100, or fewer if 5 MiB for each exceed half of `maxBufferedBytes`. */
  readonly maxOpen?: number
  /** Default `parquet()`. */
  readonly format?: Codec
}

export interface DatasetSinkOptions {
  /** Bytes of rows that wait in memory, and of open files. Default 128 MiB. More bytes mean fewer and larger files with many partitions. */
  readonly maxBufferedBytes?: number
  /** Concurrent requests. Default 16. */
  readonly concurrency?: number
  /** Attempts of a completion. Default 5. */
  readonly attempts?: number
  /** Waits between two attempts. Default: a timer. */
  readonly sleep?: (ms: number) => Promise<unknown>
  /** For the jitter of the waits, from 0 to 1. Default `Math.random`. */
  readonly random?: () => number
}

export type DatasetSink = (
  batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>,
  options?: { readonly signal?: AbortSignal | undefined },
) => Promise<DatasetWrite>

/**
 * Write a partitioned dataset to S3 at the end of a pipeline: `prefix/dt=2026-01-05/NAME-00000.parquet`, as Hive,
 * Athena, Spark and DuckDB read it.
 *
 * All or nothing: every file is a multipart upload, and these are completed only after the source has ended and every
 * part is uploaded. A failure or an abort before the first completion is sent removes all uploads, and nothing is
 * visible. From then on completions are retried, and the signal is ignored; if one fails permanently, the error's
 * `files` lists the visible files, and writing again completes the dataset. The bucket's lifecycle rule
 * `AbortIncompleteMultipartUpload` removes uploads of a killed process.
 *
 * The same rows in the same order under one `name` result in the same keys, with the same rows in each, independent of
 * batch boundaries. Rows wait in memory, up to `maxBufferedBytes`, until their file is full or the largest files must
 * make room; with so many partitions that none is large, the files are small.
 *
 * @param client - an `S3Client` of `@aws-sdk/client-s3`; its own retries and timeouts apply to every request.
 * @param target - see {@link DatasetTarget}.
 * @returns a function for the end of `pipeline` of `node:stream/promises`, whose `signal` it respects. Resolves to the
 * files, as plain JSON. Three requests per file; rows are copied once by column, and again for every `maxBufferedBytes`
 * that they wait.
 * @throws MillraceError `WRITE_FAILED` as {@link DatasetWriteError}; `LIMIT_EXCEEDED` for more than 10,000 partitions
 * or a key over 1,024 bytes; `COLUMN_UNKNOWN` for a partition by an unknown column; `COLUMN_CONFLICT` for two
 * partitions with the same name; `TYPE_MISMATCH` for a batch with other columns than the first, no batch, or columns
 * that cannot be partitioned by; `ENCODING_INVALID` for partition text that is not UTF-8; `OPTION_INVALID`; errors of
 * the format.
 * @example no-run needs a bucket
 * const target = { bucket: 'lake', prefix: 'processed/orders', name: 'batch-17', partitionBy: [byDay('created_at')] }
 * const write = await pipeline(batches, datasetSink(client, target))
 */
export function datasetSink(client: SinkClient, target: DatasetTarget, options: DatasetSinkOptions = {}): DatasetSink {
  checkArgument('datasetSink', 'client', client, 'client', CURE)
  const { place, headers } = checkTarget(target)
  checkOptions('datasetSink', options, OPTIONS)
  const { partitionBy = [], targetBytes = 128 * MIB, maxOpen = 100, format = parquet() } = target
  const { maxBufferedBytes = 128 * MIB, concurrency = 16, attempts = 5, sleep = wait, random = Math.random } = options
  checkCount('targetBytes', targetBytes, 1, Number.MAX_SAFE_INTEGER)
  checkCount('maxOpen', maxOpen, 1, 10_000)
  checkCount('maxBufferedBytes', maxBufferedBytes, 1, Number.MAX_SAFE_INTEGER)
  checkCount('concurrency', concurrency, 1, 1000)
  checkCount('attempts', attempts, 1, 1000)
  const prefix = prefixOf('datasetSink', target.prefix)
  const limits = { targetBytes, maxOpen, maxBufferedBytes, openBytes: MIN_PART_BYTES }

  const write = async (
    batches: Parameters<DatasetSink>[0],
    signal: AbortSignal | undefined,
    message: SinkMessage | undefined,
  ): Promise<DatasetWrite> => {
    checkBatches('datasetSink', batches)
    const failure = new AbortController()
    const stop = signal === undefined ? failure.signal : AbortSignal.any([signal, failure.signal])
    const uploads = await stagedUploads({
      client,
      place,
      headers: await headers(),
      token: crypto.randomUUID(),
      concurrency,
      signal: stop,
      onFailure: (error) => failure.abort(isOwn(error) ? error : nothingVisible(error)),
    })
    const keyOf = keyOfFile(prefix, target.name, format.name)
    const run = datasetRun({ format, partitionBy, limits, uploads, keyOf })
    let files: WrittenFile[]
    try {
      for await (const batch of untilAborted(oneByOne(batches), stop)) {
        checkBatch('datasetSink', batch)
        await run.add(batch)
      }
      files = await run.end()
      await uploads.settled()
    } catch (error) {
      failure.abort(error)
      run.abandon()
      await uploads.abandon()
      throw error
    } finally {
      if (message !== undefined) Object.assign(message, uploads.sent())
    }
    return publish(files, target.bucket, uploads, { client, concurrency, attempts, sleep, random })
  }

  return async (batches, { signal } = {}) =>
    traceAsync(
      channels.sink,
      () => ({ bytes: 0, parts: 0, files: 0 }),
      (message) => write(batches, signal, message),
    )
}

const MIB = 1024 * 1024
const CURE = "write datasetSink(client, { bucket: 'lake', prefix: 'processed/orders', name: 'batch-17' })"
const OPTIONS = {
  maxBufferedBytes: 'number',
  concurrency: 'number',
  attempts: 'number',
  sleep: 'function',
  random: 'function',
} as const
const NAME = /^(?![._])[A-Za-z0-9._~=-]{1,200}$/

/** Fields of all files' requests. Characters of headers are checked when the sink is called, before anything is sent. */
function checkTarget(target: DatasetTarget) {
  checkFields('datasetSink', 'target', target, TARGET, CURE)
  const { name, partitionBy = [], format = parquet() } = target
  if (!NAME.test(name)) {
    const rule = 'name must be 1 to 200 of A-Za-z0-9._~=- and not begin with _ or .; in a batchKey, replace / by ~'
    throw new MillraceError('OPTION_INVALID', `datasetSink: ${rule}`)
  }
  for (const field of ['key', 'metadata', 'ifNoneMatch']) {
    if (Object(target)[field] === undefined) continue
    throw new MillraceError('OPTION_INVALID', `datasetSink: ${field} cannot be set for the files of a dataset`)
  }
  partitionNames('datasetSink', partitionBy)
  if (typeof Object(format).write !== 'function' || typeof Object(format).name !== 'string') {
    throw notA('datasetSink', 'format', 'a codec', format, 'write format: ndjson()')
  }
  const { Key: _, ...place } = placeOf('datasetSink', { ...target, key: name }, CURE, NAMES)
  const headers = (): Promise<ObjectHeaders> =>
    headersOf({ ...target, key: name, contentType: target.contentType ?? format.contentType }, true)
  return { place, headers }
}

const TARGET = {
  'bucket!': 'text',
  'prefix!': 'string',
  'name!': 'string',
  partitionBy: 'array',
  targetBytes: 'number',
  maxOpen: 'number',
} as const

/** Fields of a target besides those of an object's target. */
const NAMES = ['prefix', 'name', 'partitionBy', 'targetBytes', 'maxOpen', 'format'] as const

async function* oneByOne(batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>): AsyncGenerator<RecordBatch> {
  yield* batches
}

/** Make the files visible. From here on nothing is undone. */
async function publish(
  files: readonly WrittenFile[],
  bucket: string,
  uploads: StagedUploads,
  options: Parameters<typeof completeUploads>[1],
): Promise<DatasetWrite> {
  const { visible, failure } = await completeUploads(
    files.map(({ upload }) => upload),
    options,
  )
  const made = files.filter(({ upload }) => visible.has(upload))
  const described = made.map((file) => describe(file, bucket, visible.get(file.upload)))
  if (failure !== undefined) {
    await uploads.abandon(files.flatMap(({ upload }) => (visible.has(upload) ? [] : [upload])))
    throw partlyVisible(described, files.length, failure.cause)
  }
  return {
    files: described,
    rows: described.reduce((sum, { rows }) => sum + rows, 0),
    bytes: described.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

function describe({ partition, ledger, upload }: WrittenFile, bucket: string, eTag?: string): DatasetFile {
  const { bytes } = upload
  const { Key: key } = upload.place
  const { rows } = ledger
  return {
    bucket,
    key,
    partition: Object.fromEntries(partition.values),
    rows,
    bytes,
    ...(eTag !== undefined && { eTag }),
  }
}

function isOwn(error: unknown): boolean {
  return error instanceof MillraceError
}

function nothingVisible(cause: unknown): DatasetWriteError {
  return new DatasetWriteError(`nothing of the dataset is visible: ${writeError(cause, undefined).message}`, [], {
    cause,
  })
}

function partlyVisible(files: readonly DatasetFile[], all: number, cause: unknown): DatasetWriteError {
  if (files.length === 0) return nothingVisible(cause)
  const rule = `${files.length} of ${all} files of the dataset are visible (see files); write it again to complete it`
  return new DatasetWriteError(`${rule}: ${writeError(cause, undefined).message}`, files, { cause })
}
