import type { S3Client } from '@aws-sdk/client-s3'
import { type Data, Field, type RecordBatch, type Schema, Utf8 } from 'apache-arrow'
import { type CodecOptions, codecFor } from '../codecs/codec-for.ts'
import { castColumn, isSameType } from '../columns/cast.ts'
import { columnBuilder } from '../columns/column-builder.ts'
import { type ColumnTypeName, columnType } from '../columns/column-type.ts'
import { plainType } from '../columns/plain-column.ts'
import { recordBatch, schemaOf } from '../columns/record-batch.ts'
import { repeated } from '../columns/repeat.ts'
import { MillraceError } from '../errors.ts'
import { checkArgument, checkFields, checkOptions, notA } from '../internal/check-arguments.ts'
import { type S3Location, s3Source } from '../s3/s3-source.ts'
import { parseHivePath } from './hive-path.ts'

/** A file to read: from a listing, from a write, or any object. Without `partition`, its key determines the partition. */
export interface DatasetSource extends S3Location {
  readonly partition?: Readonly<Record<string, string | null>>
}

export interface ReadDatasetOptions {
  /** Options of the codecs, which are chosen by the files' endings. */
  readonly codec?: CodecOptions
  /** Types of partition columns, by name. Default `string`. */
  readonly partitionTypes?: Readonly<Record<string, ColumnTypeName>>
}

/**
 * Read the rows of a dataset's files, file by file, with the partitions as columns.
 *
 * Partition columns come last, as text unless `partitionTypes` sets a type; if a file has a column with the name, that
 * of the file stays. All files must have the columns and partitions of the first: pin the types of CSV and JSON, which
 * are inferred per file (`codec: { schema }`).
 *
 * @param client - an `S3Client` of `@aws-sdk/client-s3`.
 * @param files - from `listDataset`, from a `DatasetWrite`, or other objects of S3. Each is pinned to its ETag, if known.
 * @returns batches of one schema. Holds as much memory as the codec of one file.
 * @throws MillraceError `TYPE_MISMATCH` if a file differs from the first in columns, types or partitions, or a
 * partition's value does not fit its type; `COLUMN_UNKNOWN` if `partitionTypes` names an unknown partition;
 * `UNSUPPORTED_FORMAT` for an ending without codec; errors of `s3Source` and the codecs.
 * @example no-run needs a bucket
 * const files = listDataset(client, { bucket: 'lake', prefix: 'processed/orders', where: { dt: '2026-01-05' } })
 * for await (const batch of readDataset(client, files, { partitionTypes: { dt: 'date' } })) console.log(batch.numRows)
 */
export function readDataset(
  client: Pick<S3Client, 'send'>,
  files: Iterable<DatasetSource> | AsyncIterable<DatasetSource>,
  options: ReadDatasetOptions = {},
): AsyncIterable<RecordBatch> {
  checkArgument('readDataset', 'client', client, 'client', CURE)
  const iterable = Object(files)
  if (typeof files === 'string' || !(Symbol.asyncIterator in iterable || Symbol.iterator in iterable)) {
    throw notA('readDataset', 'files', 'an iterable or async iterable of files', files, CURE)
  }
  checkOptions('readDataset', options, { codec: 'object', partitionTypes: 'object' })
  const { codec = {}, partitionTypes = {} } = options
  const types = new Map(Object.entries(partitionTypes).map(([name, type]) => [name, columnType(type)]))
  // An unknown option is rejected now, not at the first file.
  codecFor('a.parquet', codec)
  return read()

  async function* read(): AsyncGenerator<RecordBatch> {
    let first: FirstFile | undefined
    for await (const file of files) {
      checkFields('readDataset', 'a file', file, { 'bucket!': 'text', 'key!': 'text', partition: 'object' })
      const partition = Object.entries(file.partition ?? parseHivePath(file.key))
      let known: Schema | undefined
      let columns: ((rows: number) => Data)[] = []
      for await (const batch of codecFor(file.key, codec).read(s3Source(client, file))) {
        first ??= firstFile(batch.schema, partition, types)
        if (batch.schema !== known) {
          columns = partitionColumns(first, batch.schema, partition)
          known = batch.schema
        }
        const own = batch.data.children
        const added = columns.map((column) => column(batch.numRows))
        yield recordBatch(first.schema, [...own, ...added], batch.numRows)
      }
    }
  }
}

const CURE = "write readDataset(client, listDataset(client, { bucket: 'lake', prefix: 'processed/orders' }))"

type Partition = readonly (readonly [name: string, value: string | null])[]

/** Columns that all files must have. */
interface FirstFile {
  readonly schema: Schema
  /** Number of the file's own columns. */
  readonly own: number
}

function firstFile(own: Schema, partition: Partition, types: ReadonlyMap<string, Field['type']>): FirstFile {
  const names = new Set(own.fields.map(({ name }) => name))
  for (const column of types.keys()) {
    if (partition.some(([name]) => name === column)) continue
    throw new MillraceError('COLUMN_UNKNOWN', 'partitionTypes names a partition that the first file does not have', {
      position: { column },
    })
  }
  const added = partition
    .filter(([name]) => !names.has(name))
    .map(([name]) => new Field(name, types.get(name) ?? new Utf8(), true))
  return { schema: schemaOf([...own.fields, ...added]), own: own.fields.length }
}

/** Create the columns of a file's partition, after comparing its own columns with the first file's. */
function partitionColumns({ schema, own }: FirstFile, found: Schema, partition: Partition): ((rows: number) => Data)[] {
  const values = new Map(partition)
  const fields = schema.fields.slice(0, own)
  for (let at = 0; at < Math.max(own, found.fields.length); at++) {
    const [field, other] = [fields[at], found.fields[at]]
    const isSame = field?.name === other?.name && field !== undefined && other !== undefined
    if (isSame && isSameType(field.type, other.type)) continue
    const rule =
      isSame && isSameType(plainType(field.type), plainType(other.type))
        ? 'this column is a dictionary in one file but not in another; read both without dictionaries'
        : 'a file differs from the first in this column; pin the types with codec.schema, or read the files separately'
    throw new MillraceError('TYPE_MISMATCH', rule, { position: { column: (field ?? other)?.name ?? '' } })
  }
  const added = schema.fields.slice(own)
  const names = new Set(schema.fields.map(({ name }) => name))
  for (const column of [...added.map(({ name }) => name), ...values.keys()]) {
    if (values.has(column) && names.has(column)) continue
    throw new MillraceError('TYPE_MISMATCH', 'a file has other partition columns than the first', {
      position: { column },
    })
  }
  return added.map(({ name, type }) => {
    const builder = columnBuilder(new Utf8())
    const value = values.get(name) ?? null
    if (value === null) builder.appendNull()
    else builder.append(value)
    return repeated(castColumn(builder.finish(), type, name, 0))
  })
}
