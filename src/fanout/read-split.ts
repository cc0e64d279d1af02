import type { S3Client } from '@aws-sdk/client-s3'
import type { RecordBatch } from 'apache-arrow'
import { type CodecOptions, codecFor } from '../codecs/codec-for.ts'
import { csvPartReader } from '../codecs/csv/read/csv-parts.ts'
import type { ByteSource } from '../codecs/input/source.ts'
import type { InvalidRow } from '../codecs/invalid-row.ts'
import { ndjsonPartReader } from '../codecs/json/read/json-parts.ts'
import { defaultInflatedBytes } from '../codecs/limits.ts'
import type { TypedReader } from '../codecs/text/settle-types.ts'
import { slices } from '../codecs/text/slices.ts'
import { countedBatches, countedChunks, countingRefused, readMessage } from '../codecs/trace-codec.ts'
import { schemaFields } from '../columns/column-type.ts'
import { isMillraceError, MillraceError } from '../errors.ts'
import { channels, type ReadMessage, type SplitMessage } from '../internal/channels.ts'
import { checkArgument, checkFields, checkOptions } from '../internal/check-arguments.ts'
import { traceIterator } from '../internal/trace.ts'
import { untilAborted } from '../internal/until-aborted.ts'
import { s3Source } from '../s3/s3-source.ts'
import { checkSeal, type Split, type SplitReport } from './gather/split.ts'
import { checkSplitShape } from './gather/split-shape.ts'
import { inflated } from './object-bytes.ts'
import { csvSettingsOf } from './object-format.ts'

export interface ReadSplitOptions {
  /** The dialect, limits and callbacks, as passed to `planSplits`. Format, compression, delimiter and inferred types come from the split. */
  readonly codec?: CodecOptions
  readonly signal?: AbortSignal
}

/** The record batches of a split, for one iteration, and its report. */
export interface SplitBatches extends AsyncIterable<RecordBatch> {
  /** Available after the last batch. */
  readonly report: SplitReport
}

const KINDS = { codec: 'object', signal: 'signal' } as const
const CURE = 'write readSplit(client, split)'
const FIELDS = {
  'plan!': 'text',
  'index!': 'number',
  'bucket!': 'text',
  'key!': 'text',
  'eTag!': 'text',
  'format!': 'text',
} as const
const MIN_STREAMED_BYTES = 16 * 1024 ** 3

/**
 * Read one split of a plan. Reading all splits of an object in order is equivalent to reading the object: the same rows, or an error.
 *
 * Lines and rows in errors and in `onInvalidRow` count from the start of the split.
 *
 * @param client - an `S3Client`; needs `s3:GetObject`.
 * @param split - a split of `planSplits`, unchanged.
 * @returns batches, for one iteration, and after the last one a `report` for `verifySplits`. Holds one batch in memory.
 * @throws MillraceError `SPLIT_MISMATCH` for an altered split, and, from the iterator, if a split ends inside quotes,
 * so that its end was guessed wrong; `SOURCE_CHANGED` if the object has changed since planning; `OPTION_INVALID` for a
 * `report` that is requested too early; errors of the codecs.
 * @example no-run needs a bucket
 * const client = new S3Client()
 * const { splits } = await planSplits(client, [{ bucket: 'lake', key: 'landing/orders.csv' }])
 * const batches = readSplit(client, splits[0])
 * for await (const batch of batches) console.log(batch.numRows)
 * console.log(batches.report.rows)
 */
export function readSplit(client: Pick<S3Client, 'send'>, split: Split, options: ReadSplitOptions = {}): SplitBatches {
  checkArgument('readSplit', 'client', client, 'client', CURE)
  checkFields('readSplit', 'split', split, FIELDS, CURE)
  checkOptions('readSplit', options, KINDS)
  checkSeal(split)
  checkSplitShape(split)
  const { codec = {}, signal } = options
  const { plan, index, of, start, end } = split
  let rows = 0
  let refused = 0
  let state: 'new' | 'reading' | 'done' = 'new'
  const countRefused = codec.onInvalidRow && {
    onInvalidRow: (row: InvalidRow): void => {
      refused++
      codec.onInvalidRow?.(row)
    },
  }

  async function* read(): AsyncGenerator<RecordBatch> {
    if (state !== 'new')
      throw new MillraceError('OPTION_INVALID', 'readSplit: the batches of a split can be iterated once; call it again')
    state = 'reading'
    yield* traceIterator(channels.split, () => ({ index, of, rows: 0, refused: 0, bytes: 0 }), counted)
    state = 'done'
  }

  async function* counted(message: SplitMessage | undefined): AsyncGenerator<RecordBatch> {
    try {
      for await (const batch of splitBatches(client, split, { ...codec, ...countRefused }, signal)) {
        rows += batch.numRows
        yield batch
      }
      if (message !== undefined) message.bytes = end - start
    } finally {
      if (message !== undefined) Object.assign(message, { rows, refused })
    }
  }

  return {
    [Symbol.asyncIterator]: read,
    get report() {
      if (state === 'done') return { plan, index, rows, refused, bytes: end - start }
      throw new MillraceError('OPTION_INVALID', 'readSplit: the report is available after the last batch')
    },
  }
}

async function* splitBatches(
  client: Pick<S3Client, 'send'>,
  split: Split,
  codec: CodecOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<RecordBatch> {
  const { bucket, key, eTag, versionId, size, format } = split
  const source = s3Source(client, { bucket, key, eTag, ...(versionId !== undefined && { versionId }) })
  if (!isPart(split)) {
    const batches = wholeBatches(split, { ...source, size }, codec)
    yield* signal === undefined ? batches : untilAborted(batches, signal)
    return
  }
  yield* traceIterator(
    channels.read,
    () => readMessage(format === 'tsv' ? 'csv' : format),
    (message) => {
      const batches = partBatches(source, split, countingRefused(codec, message), signal, message)
      return message === undefined ? batches : countedBatches(batches, message)
    },
  )
}

/** Rows of a part of a text file, whose types are known. */
async function* partBatches(
  source: ByteSource,
  split: PartOfText,
  codec: CodecOptions,
  signal: AbortSignal | undefined,
  message: ReadMessage | undefined,
): AsyncGenerator<RecordBatch> {
  const { start, end, size, compression } = split
  const reader = readerOf(split, codec)
  const range = start === 0 && end === size ? undefined : { start, end }
  const stream = source.stream(range)
  const bytes = message === undefined ? stream : countedChunks(stream, message)
  const maxBytes = codec.limits?.maxInflatedBytes ?? Math.max(defaultInflatedBytes(size), MIN_STREAMED_BYTES)
  const chunks = inflated(signal === undefined ? bytes : untilAborted(bytes, signal), compression, maxBytes)
  try {
    for await (const chunk of chunks) for (const slice of slices(chunk)) yield* reader.push(slice)
    yield* reader.push(undefined)
  } catch (error) {
    throw isMillraceError(error, 'SPLIT_MISMATCH') ? endsWrong(split) : error
  }
}

/** Test whether a split is text with known types. */
function isPart(split: Split): split is PartOfText {
  return split.inference !== undefined && split.schema !== undefined
}

type PartOfText = Split & Required<Pick<Split, 'inference' | 'schema'>>

function readerOf(split: PartOfText, codec: CodecOptions): TypedReader {
  const { format, compression, header, schema, inference, start, end, size, delimiter } = split
  const bytes = compression === undefined ? end - start : undefined
  if (format === 'ndjson' || format === 'json') {
    const names = schema.map(([name]) => name)
    const { limits = {}, onInvalidRow } = codec
    const part = { isFirst: start === 0, isLast: end === size }
    return ndjsonPartReader(
      { names, inference },
      { pins: schemaFields(codec.schema), limits, onInvalidRow, part, bytes },
    )
  }
  const settings = csvSettingsOf(format, codec)
  const { layout } = settings
  const isFirst = start === 0
  const named = { ...layout, dialect: { ...layout.dialect, delimiter: delimiter ?? layout.dialect.delimiter } }
  const part = { names: header ?? [], inference, isFirst, isLast: end === size, bytes }
  return csvPartReader(part, isFirst ? settings : { ...settings, layout: named })
}

/** Read a split that is a whole object, whose types are inferred, or row groups of Parquet. */
function wholeBatches(
  { key, format, compression, rowGroups }: Split,
  source: ByteSource,
  codec: CodecOptions,
): AsyncIterable<RecordBatch> {
  const groups = rowGroups && {
    rowGroups: Array.from({ length: rowGroups[1] - rowGroups[0] }, (_, at) => rowGroups[0] + at),
  }
  const around = format === 'parquet' ? {} : { compression: compression ?? ('none' as const) }
  return codecFor(key, { ...codec, format, ...around, ...groups }).read(source)
}

function endsWrong({ index, of }: Split): MillraceError {
  return new MillraceError(
    'SPLIT_MISMATCH',
    `readSplit: split ${index} of ${of} ends inside quotes, so its end was guessed wrong, and the split after it begins wrong; discard the results of this plan, and plan again with a larger probeBytes, or with whole: (object) => true for this object`,
  )
}
