import type { S3Client } from '@aws-sdk/client-s3'
import type { RecordBatch, Table } from 'apache-arrow'
import { decodeParquet } from '../../../../src/codecs/parquet/parquet.ts'
import { mergeInParts, type ParquetMerge } from '../../../../src/dataset/merge/merge-parquet.ts'
import { type PartLimits, S3_PARTS } from '../../../../src/dataset/merge/plan.ts'
import type { S3Target } from '../../../../src/s3/s3-sink.ts'
import { batchCells, type Cell } from '../../../codecs/parquet/support/parquet-cells.ts'
import { BUCKET, type S3Server } from '../../../support/s3-server.ts'

/** Bytes of a part at the least, in tests whose files are small. */
export const SMALL_PART = 100
export const SMALL_PARTS: PartLimits = { ...S3_PARTS, minBytes: SMALL_PART, sendBytes: 160, copyBytes: 300 }

let folders = 0

/** Put files on the server, in a folder of their own: laws of a file run side by side. */
export async function putSources(server: S3Server, files: readonly Uint8Array[]) {
  const folder = `merge-${folders++}`
  await Promise.all(files.map((file, index) => server.put(`${folder}/${index}.parquet`, file)))
  return { folder, sources: files.map((_, index) => ({ bucket: BUCKET, key: `${folder}/${index}.parquet` })) }
}

export interface SmallMerge extends ParquetMerge {
  readonly file: Uint8Array
}

/** Merge files on the server in small parts; gives the target, too. */
export async function mergeSmall(
  server: S3Server,
  client: S3Client,
  files: readonly Uint8Array[],
  { limits = SMALL_PARTS, target = {}, signal = new AbortController().signal }: MergeSettings = {},
): Promise<SmallMerge> {
  const { folder, sources } = await putSources(server, files)
  const key = `${folder}/merged.parquet`
  const merge = await mergeInParts(client, sources, { bucket: BUCKET, key, ...target }, signal, limits)
  return { ...merge, file: await server.get(key) }
}

export interface MergeSettings {
  readonly limits?: PartLimits
  readonly target?: Partial<S3Target>
  readonly signal?: AbortSignal
}

export async function cellsOf(file: Uint8Array): Promise<Cell[][]> {
  return tableCells(await decodeParquet(file))
}

/** The cells of a table, column by column. */
export function tableCells(table: Table): Cell[][] {
  const batches: RecordBatch[] = table.batches
  return table.schema.fields.map((_, column) => batchCells(batches, column))
}

/** Tables one after the other, column by column. */
export function joined(parts: readonly Cell[][][]): Cell[][] {
  const [first = []] = parts
  return first.map((_, column) => parts.flatMap((part) => part[column] ?? []))
}
