import { DEFAULT_LIMITS } from '../../codecs/limits.ts'
import type { FileBytes } from '../../codecs/parquet/read/bytes/file-bytes.ts'
import type { FileMetadata } from '../../codecs/parquet/read/footer/file-metadata.ts'
import { type RawField, type RawStruct, rawInt, rawStruct } from '../../codecs/parquet/read/footer/raw-thrift.ts'
import { footerMetadata, type RawFooter, readFooter } from '../../codecs/parquet/read/footer/read-footer.ts'
import { invalid, unsupported } from '../../codecs/parquet/read/invalid.ts'
import { checkRowGroup } from '../../codecs/parquet/read/schema/file-checks.ts'
import { fileShape, type Leaf, leavesOf } from '../../codecs/parquet/read/schema/schema-shape.ts'
import { MillraceError } from '../../errors.ts'
import type { SinkClient } from '../../s3/request-body.ts'
import { type S3Location, type S3Source, s3Source } from '../../s3/s3-source.ts'
import { checkKnown } from './fields.ts'
import type { MergeRun } from './run.ts'
import { type Survey, surveyOf } from './survey.ts'

/** Facts of a source kept for the merged footer. */
export interface MergeSource extends Survey {
  readonly index: number
  readonly location: S3Location
  readonly eTag: string
  readonly file: FileBytes
  readonly rows: number
  /** The list of row groups, field 4 of the footer. */
  readonly groups: RawField
  readonly footerAt: number
}

/** A source, and the facts of its footer that all sources must share. */
export interface OpenedSource {
  readonly source: MergeSource
  readonly footer: RawStruct
  readonly metadata: FileMetadata
  readonly leaves: readonly Leaf[]
}

/** Bytes of the first read from the end: enough for the footer of most files, and a third of a percent of the smallest copied file. */
const TAIL_BYTES = 16 * 1024
/** Most total bytes of small files that are kept since they were read whole with their footers. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024

/** Read the footer of a source, and check that its row groups can be moved. */
export async function openSource(
  client: SinkClient,
  location: S3Location,
  index: number,
  run: MergeRun,
): Promise<OpenedSource> {
  const object = s3Source(client, location)
  const size = await run.unlessAborted(object.length())
  const file = metered(object, size, run)
  const raw = await readFooter(file, TAIL_BYTES)
  const metadata = footerMetadata(raw.footer, raw.footerAt, {})
  const footer = rawStruct(raw.footer)
  checkKnown('the file', footer)
  const { columns, leafCount, strayLeaves } = fileShape(metadata.schema, {
    maxDepth: DEFAULT_LIMITS.maxDepth,
    int96: 'ns',
  })
  const leaves = columns.flatMap(leavesOf)
  const shape = { columns, leafCount, strayLeaves }
  for (const group of metadata.rowGroups) {
    if (group.chunks.some(({ encrypted }) => encrypted)) throw encryptedColumn()
    checkRowGroup(group, shape, leaves, raw.footerAt)
  }
  const rows = metadata.rowGroups.reduce((sum, group) => sum + group.rows, 0)
  // Early versions of parquet-rs wrote no count.
  if (![0, rows].includes(rawInt(footer.get(3)) ?? 0))
    throw invalid('the row counts of the footer and of its row groups differ')
  const groups = footer.get(4) as RawField
  const eTag = object.eTag()
  if (eTag === undefined)
    throw new MillraceError('SOURCE_UNAVAILABLE', 'the server returned no ETag, which copies need')
  const source = {
    index,
    location,
    eTag,
    file: keptBytes(raw, file, run),
    rows,
    groups: { ...groups, value: groups.value.slice() },
    footerAt: raw.footerAt,
    ...surveyOf(groups, metadata, raw.footerAt),
  }
  return { source, footer, metadata, leaves }
}

/** Keep a whole file that was read with its footer, within limits; nothing of others. */
function keptBytes({ bytes }: RawFooter, file: FileBytes, run: MergeRun): FileBytes {
  if (file.size > TAIL_BYTES || run.keptBytes + file.size > MAX_KEPT_BYTES) return file
  run.keptBytes += file.size
  return bytes
}

/** Count the reads of a source, and abort them with the run. */
function metered(object: S3Source, size: number, run: MergeRun): FileBytes {
  return {
    size,
    async read(start, end) {
      const bytes = await run.unlessAborted(object.read(start, end))
      run.readBytes += bytes.length
      if (bytes.length !== end - start)
        throw new MillraceError('SOURCE_CHANGED', 'the object became shorter while it was merged')
      return bytes
    },
  }
}

function encryptedColumn(): MillraceError {
  return unsupported(
    'a column is encrypted, which binds its pages to their positions; rewrite the file without encryption',
  )
}
