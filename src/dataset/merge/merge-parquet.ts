import { MAGIC } from '../../codecs/parquet/write/format.ts'
import { MillraceError } from '../../errors.ts'
import { checkArgument, checkFields, checkOptions, notA } from '../../internal/check-arguments.ts'
import { headersOf, placeOf, type S3Target } from '../../s3/object-headers.ts'
import type { SinkClient } from '../../s3/request-body.ts'
import type { S3Location } from '../../s3/s3-source.ts'
import { type Agreement, agree, agreementOf } from './agreement.ts'
import { mergedTail, type PlacedSource } from './footer.ts'
import { movedIndexes } from './page-index.ts'
import { type PartLimits, type Piece, planParts, S3_PARTS } from './plan.ts'
import { type MergeRun, mapConcurrently, mergeRun } from './run.ts'
import { type MergeSource, openSource } from './source.ts'
import { inSource, sourceError } from './source-error.ts'
import { uploadParts } from './upload.ts'

export interface MergeParquetOptions {
  /** Aborts the merge: the upload is removed, and the signal's reason thrown. */
  readonly signal?: AbortSignal
}

/** Size of a merged file, and the bytes transferred for it. */
export interface ParquetMerge {
  /** Rows of the target. */
  readonly rows: number
  /** Bytes of the target. */
  readonly bytes: number
  /** Row groups of the target: those of the sources that have rows. */
  readonly rowGroups: number
  /** Bytes copied by the server. */
  readonly copiedBytes: number
  /** Bytes read from the sources into this process, footers included. */
  readonly readBytes: number
  /** ETag as returned by S3, in quotes. */
  readonly eTag?: string
}

/**
 * Merge Parquet files on S3 into one, in the order of the sources: row groups are copied on the server, and a new footer is written.
 *
 * No page is read or decoded: sources over 5 MiB are copied by `UploadPartCopy`, on the condition of the ETag from
 * which their footers were read. Sources up to 5 MiB are read and joined with each other, and with up to 10 MiB of a
 * large source after them, since parts of an upload have at least 5 MiB. Row groups keep their size: many small ones
 * stay many.
 *
 * The target has the rows of the sources in order, with their statistics, bloom filters and page indexes. Omitted are:
 * row groups without rows; page indexes, if a column chunk of any source has none, or they are invalid or over 64 MiB;
 * the deprecated bounds of text, bytes and unsigned numbers; bounds of a column that a source orders differently from
 * the first; bloom filters outside their file; key-values that differ between sources (the lowest version of Spark
 * stays). Schemas may differ in the root's name, and in the form of annotations, older or newer.
 *
 * @param client - an `S3Client` of `@aws-sdk/client-s3`. The role needs `s3:GetObject` on the sources and `s3:PutObject` on the target.
 * @param sources - at least one object; `eTag` and `versionId` pin its version. The target may be one of them.
 * @param target - as for `s3Sink`; its default content type is that of Parquet. A function as `metadata` is called
 * once, before the first request that writes.
 * @returns the size and transfers of the target. Holds the footers of all sources (at most 32 MiB in the target), page
 * indexes, and four parts of up to 13 MiB. Three requests for each copied source, two for others, one per 256 MiB
 * copied, one per about 8 MiB sent; O(bytes of footers).
 * @throws MillraceError with the index of the invalid source as its `path`: `TYPE_MISMATCH` for a schema, or rules for
 * dates, that differ from the first source's; `PARQUET_INVALID` for an invalid Parquet file, or one with column chunks
 * in other files; `UNSUPPORTED_FORMAT` for encryption, for faults of old writers that readers recognize by the writer's
 * name, and for unknown fields of the footer that may be offsets; `SOURCE_CHANGED`, `SOURCE_UNAVAILABLE`. Without
 * `path`: `LIMIT_EXCEEDED` for a footer over 32 MiB or over 10,000 parts; `WRITE_FAILED` and `WRITE_CONFLICT` as for
 * `s3Sink`; `OPTION_INVALID`. After any of them no part of an upload remains, and the target is unchanged; only if the
 * signal aborts while waiting for the last response, or that response is lost and the target cannot be checked, S3 may
 * have created the target.
 * @see https://parquet.apache.org/docs/file-format/
 * @example no-run needs a bucket
 * const sources = [{ bucket: 'lake', key: 'parts/0.parquet' }, { bucket: 'lake', key: 'parts/1.parquet' }]
 * await mergeParquet(client, sources, { bucket: 'lake', key: 'merged.parquet' }) // => { rows: 2_000_000, rowGroups: 16, ... }
 */
export async function mergeParquet(
  client: SinkClient,
  sources: readonly S3Location[],
  target: S3Target,
  options: MergeParquetOptions = {},
): Promise<ParquetMerge> {
  checkArgument('mergeParquet', 'client', client, 'client', CURE)
  if (!Array.isArray(sources)) throw notA('mergeParquet', 'sources', 'an array of locations', sources, CURE)
  if (sources.length === 0)
    throw new MillraceError('OPTION_INVALID', 'mergeParquet: sources is empty; name at least one object')
  for (const source of sources)
    checkFields('mergeParquet', 'a source', source, { 'bucket!': 'text', 'key!': 'text' }, CURE)
  checkOptions('mergeParquet', options, { signal: 'signal' })
  placeOf('mergeParquet', target, CURE)
  const { signal = new AbortController().signal } = options
  return mergeInParts(client, sources, { contentType: PARQUET_TYPE, ...target }, signal, S3_PARTS)
}

const CURE =
  "write mergeParquet(client, [{ bucket: 'lake', key: 'a.parquet' }], { bucket: 'lake', key: 'merged.parquet' })"
const PARQUET_TYPE = 'application/vnd.apache.parquet'
/** Sources whose footers, or page indexes, are read concurrently. */
const FOOTERS_AT_ONCE = 16

/** {@link mergeParquet} with other part sizes than S3's. */
export async function mergeInParts(
  client: SinkClient,
  locations: readonly S3Location[],
  target: S3Target,
  signal: AbortSignal,
  limits: PartLimits,
): Promise<ParquetMerge> {
  signal.throwIfAborted()
  const { metadata } = target
  await headersOf({ ...target, metadata: typeof metadata === 'function' ? undefined : metadata }, true)
  const run = mergeRun(signal)
  const { agreement, placed, dataEnd } = await openSources(client, locations, run)
  const sources = placed.map(({ source }) => source)
  const shifts = placed.map(({ shift }) => shift)
  const indexes = await movedIndexes(sources, shifts, FOOTERS_AT_ONCE)
  const tail = mergedTail(agreement, placed, indexes, dataEnd)
  const parts = planParts([...(await dataPieces(sources, limits)), { bytes: tail }], limits)
  const eTag = await uploadParts(client, target, sources, parts, run)
  return {
    rows: sources.reduce((sum, { rows }) => sum + rows, 0),
    bytes: dataEnd + tail.length,
    rowGroups: sources.reduce((sum, { groupCount }) => sum + groupCount, 0),
    copiedBytes: parts.reduce((sum, part) => sum + (part.kind === 'copy' ? part.end - part.start : 0), 0),
    readBytes: run.readBytes,
    ...(eTag !== undefined && { eTag }),
  }
}

interface Opened {
  readonly agreement: Agreement
  /** Sources with rows, in order. */
  readonly placed: readonly PlacedSource[]
  /** End of their bytes in the target. */
  readonly dataEnd: number
}

async function openSources(client: SinkClient, locations: readonly S3Location[], run: MergeRun): Promise<Opened> {
  const open = async (location: S3Location, index: number) => {
    try {
      return await openSource(client, location, index, run)
    } catch (error) {
      throw inSource(index, error)
    }
  }
  const [head, ...rest] = locations as [S3Location, ...S3Location[]]
  const first = await open(head, 0)
  const agreement = agreementOf(first)
  const others = await mapConcurrently(rest, FOOTERS_AT_ONCE, async (location, index) => {
    const opened = await open(location, index + 1)
    return { source: opened.source, disordered: agree(agreement, opened) }
  })
  let dataEnd = MAGIC.length
  const placed = [{ source: first.source, disordered: new Set<number>() }, ...others]
    .filter(({ source }) => source.groupCount > 0)
    .map(({ source, disordered }) => {
      const shift = dataEnd - source.data.start
      dataEnd += source.data.end - source.data.start
      return { source, shift, disordered }
    })
  return { agreement, placed, dataEnd }
}

/** The magic, and the bytes of every source. A copy at the start includes its own magic. */
async function dataPieces(sources: readonly MergeSource[], { minBytes }: PartLimits): Promise<Piece[]> {
  const pieces = sources.map(({ data, file }, source) => ({ source, ...data, isCopyable: file.size > minBytes }))
  const [first, ...others] = pieces
  if (first === undefined || !first.isCopyable) return [{ bytes: MAGIC }, ...pieces]
  await checkMagic(sources[0] as MergeSource)
  return [{ ...first, start: 0 }, ...others]
}

async function checkMagic({ file, index }: MergeSource): Promise<void> {
  const magic = await file.read(0, MAGIC.length).catch((error: unknown) => {
    throw inSource(index, error)
  })
  if (Buffer.compare(magic, MAGIC) !== 0) {
    throw sourceError(index, 'PARQUET_INVALID', 'the file does not begin with PAR1: it is not a Parquet file')
  }
}
