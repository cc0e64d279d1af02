import type { S3Client } from '@aws-sdk/client-s3'
import type { Field } from 'apache-arrow'
import type { CodecOptions } from '../codecs/codec-for.ts'
import { scalarField } from '../codecs/json/read/columns/plan-columns.ts'
import { inferredField } from '../codecs/text/inferred-type.ts'
import { columnTypeName, schemaFields } from '../columns/column-type.ts'
import { MillraceError } from '../errors.ts'
import { checkArgument, checkOptions } from '../internal/check-arguments.ts'
import { checkCount } from '../internal/check-count.ts'
import { concurrently } from './concurrently.ts'
import {
  CURE,
  type FoundObject,
  headAll,
  listOf,
  locationOf,
  OBJECTS_AT_ONCE,
  type SplitObject,
  sourceOf,
} from './find-objects.ts'
import { canonicalText, digest, type Split, type SplitPlan, sealed, type UnplannedSplit } from './gather/split.ts'
import { objectFormat } from './object-format.ts'
import { planObject } from './plan-object.ts'
import type { ObjectPlan, PartColumns, PlannedObject } from './planned-object.ts'

export type { SplitObject } from './find-objects.ts'

export interface PlanSplitsOptions {
  /** Options of the codecs: dialect, types, `format` and `compression`. `readSplit` needs the same dialect. */
  readonly codec?: CodecOptions
  /** Bytes of a split. Default 128 MiB. */
  readonly targetBytes?: number
  /** Most splits: if there would be more, they become larger. Default 10,000. */
  readonly maxSplits?: number
  /** Bytes read to find one boundary. Default 1 MiB. */
  readonly probeBytes?: number
  /** Selects objects that are always one split, such as those whose boundaries were guessed wrong. */
  readonly whole?: (object: SplitObject) => boolean
  readonly signal?: AbortSignal
}

const KINDS = {
  codec: 'object',
  targetBytes: 'number',
  maxSplits: 'number',
  probeBytes: 'number',
  whole: 'function',
  signal: 'signal',
} as const
const MAX_SPLIT_BYTES = 200 * 1024

/**
 * Divide objects into splits that workers read independently.
 *
 * Reads the head of each object and a probe for each boundary, never the whole file: about 80 requests of 1 MiB for 10
 * GB. CSV is divided between rows, found by reading each probe as if it began inside quotes and outside; NDJSON between
 * objects; Parquet between row groups. An object that is compressed, a JSON array, or has marks of several bytes is one
 * split. Types come from the heads and all probes, so that all parts of objects with the same columns have one schema.
 *
 * A boundary can be guessed wrong, in a quoted field of several megabytes. The split before it then fails with `SPLIT_MISMATCH`, while the one after it
 * may yield wrong rows: publish results only after {@link verifySplits}.
 *
 * @param client - an `S3Client`; needs `s3:GetObject`.
 * @param objects - the objects, in the order of their rows.
 * @returns a plan of plain JSON; the same objects and options give the same plan.
 * @throws MillraceError `OPTION_INVALID`, `TYPE_MISMATCH` at once; `SOURCE_UNAVAILABLE`, `SOURCE_CHANGED` for objects;
 * `LIMIT_EXCEEDED` for more objects than `maxSplits`, or a split of over 200 KiB of JSON; errors of the codecs for an
 * unreadable head, such as `CSV_INVALID`.
 * @example no-run needs a bucket
 * const { splits } = await planSplits(new S3Client(), [{ bucket: 'lake', key: 'landing/orders.csv' }])
 */
export async function planSplits(
  client: Pick<S3Client, 'send'>,
  objects: Iterable<SplitObject> | AsyncIterable<SplitObject>,
  options: PlanSplitsOptions = {},
): Promise<SplitPlan> {
  checkArgument('planSplits', 'client', client, 'client', CURE)
  checkOptions('planSplits', options, KINDS)
  const {
    codec = {},
    targetBytes = 128 * 1024 ** 2,
    maxSplits = 10_000,
    probeBytes = 1024 ** 2,
    whole,
    signal,
  } = options
  checkCount('targetBytes', targetBytes, 1, Number.MAX_SAFE_INTEGER)
  checkCount('maxSplits', maxSplits, 1, 10_000_000)
  checkCount('probeBytes', probeBytes, 2, 1024 ** 3)
  const found = await headAll(client, await listOf(objects, maxSplits, signal), signal)
  const bytes = targetOf(found, targetBytes, maxSplits)
  const plans = await concurrently(found, OBJECTS_AT_ONCE, async (object) => {
    signal?.throwIfAborted()
    const planned = { ...objectFormat(object.key, codec), ...object, targetBytes: bytes, probeBytes }
    const isWhole = whole?.(locationOf(object)) === true
    const plan = await planObject({ ...planned, isWhole, source: sourceOf(client, object, signal) }, codec)
    return { object: planned, plan }
  })
  const unplanned = withOneSchema(plans.map(({ plan }) => plan.columns)).flatMap((columns, index) => {
    const { object, plan } = plans[index] as (typeof plans)[number]
    return splitsOf(object, plan, columns, codec)
  })
  return sealedPlan(unplanned, found, codec)
}

/** The smallest size of splits, at least the target, with which there are no more than `maxSplits`. */
function targetOf(objects: readonly FoundObject[], targetBytes: number, maxSplits: number): number {
  const splits = (bytes: number): number =>
    objects.reduce((sum, { size }) => sum + Math.max(1, Math.ceil(size / bytes)), 0)
  let low = targetBytes
  let high = Math.max(targetBytes, ...objects.map(({ size }) => size))
  if (splits(low) <= maxSplits) return low
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2)
    if (splits(middle) <= maxSplits) high = middle
    else low = middle
  }
  return high
}

/** Assign the same types to objects with the same columns, joining the values seen in all of them. */
function withOneSchema(columns: readonly (PartColumns | undefined)[]): (PartColumns | undefined)[] {
  const seen = new Map<string, Map<string, number | null>>()
  const groupOf = ({ names }: PartColumns): string => JSON.stringify([...names].sort())
  for (const each of columns) {
    if (each === undefined) continue
    const flags = seen.get(groupOf(each)) ?? new Map<string, number | null>()
    seen.set(groupOf(each), flags)
    for (const [column, name] of each.names.entries()) {
      const own = each.inference[column] ?? null
      flags.set(name, own === null ? null : own | (flags.get(name) ?? 0))
    }
  }
  return columns.map((each) => {
    if (each === undefined) return undefined
    const flags = seen.get(groupOf(each))
    return { ...each, inference: each.names.map((name) => flags?.get(name) ?? null) }
  })
}

function splitsOf(
  { bucket, key, eTag, versionId, size, format, compression }: Omit<PlannedObject, 'source' | 'isWhole'> & FoundObject,
  { parts }: ObjectPlan,
  columns: PartColumns | undefined,
  codec: CodecOptions,
): UnplannedSplit[] {
  const isCsv = format === 'csv' || format === 'tsv'
  const types = columns && {
    ...(isCsv && { header: columns.names }),
    ...(columns.delimiter !== undefined && { delimiter: columns.delimiter }),
    schema: typesOf(columns, codec, isCsv ? inferredField : scalarField),
    inference: columns.inference,
  }
  return parts.map((part) => ({
    bucket,
    key,
    eTag,
    ...(versionId !== undefined && { versionId }),
    format,
    ...(compression !== undefined && { compression }),
    ...part,
    size,
    ...types,
  }))
}

function typesOf(
  { names, inference }: PartColumns,
  { schema }: CodecOptions,
  inferred: (name: string, seen: number) => Field,
): [name: string, type: string][] {
  const pinned = schemaFields(schema)
  return names.map((name, column) => {
    const field = pinned.get(name) ?? inferred(name, inference[column] ?? 0)
    return [name, columnTypeName(field.type)]
  })
}

function sealedPlan(
  splits: readonly UnplannedSplit[],
  objects: readonly FoundObject[],
  codec: CodecOptions,
): SplitPlan {
  const plan = digest(canonicalText([splits, describeOptions(codec)]))
  const all = splits.map((split, index): Split => sealed({ plan, index, of: splits.length, ...split }))
  for (const split of all) checkSize(split)
  return { id: plan, splits: all, objects: objects.length, bytes: objects.reduce((sum, { size }) => sum + size, 0) }
}

/** Serialize options, without callbacks. */
function describeOptions({ schema, ...others }: CodecOptions): unknown {
  const types = [...schemaFields(schema)].map(([name, { type, nullable }]) => [name, String(type), nullable])
  return [JSON.parse(JSON.stringify(others)), types]
}

function checkSize(split: Split): void {
  if (JSON.stringify(split).length <= MAX_SPLIT_BYTES) return
  throw new MillraceError(
    'LIMIT_EXCEEDED',
    `planSplits: a split with ${split.schema?.length ?? 0} columns takes over ${MAX_SPLIT_BYTES / 1024} KiB of JSON, the limit for Step Functions; split the file by columns, or read it whole`,
  )
}
