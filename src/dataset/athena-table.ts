import { Field, Utf8 } from 'apache-arrow'
import { type SchemaOption, schemaFields } from '../columns/column-type.ts'
import { MillraceError } from '../errors.ts'
import { checkArgument, checkOptions } from '../internal/check-arguments.ts'
import { type AthenaProjection, type PartitionColumn, projectionProperties } from './athena-projection.ts'
import { athenaType } from './athena-type.ts'
import { type PartitionBy, partitionNames } from './partition-by.ts'

export type { AthenaProjection } from './athena-projection.ts'

export interface AthenaTableOptions {
  /** Table name: `orders`, or `lake.orders` with its database. */
  readonly table: string
  /** `s3://bucket/prefix/`. */
  readonly location: string
  /** All columns of the rows passed to `datasetSink`: names and types, or the Arrow schema. */
  readonly schema: SchemaOption
  /** Same value as for the `datasetSink` that writes the files. */
  readonly partitionBy?: PartitionBy
  /**
   * Partition projection: Athena computes the partitions, so that none must be added manually. Takes a range or the
   * values for every partition; buckets need none.
   */
  readonly projection?: Readonly<Record<string, AthenaProjection>>
}

/**
 * Generate the DDL of an Athena table over a dataset of Parquet files: `CREATE EXTERNAL TABLE`, with optional partition
 * projection. Without it, run `MSCK REPAIR TABLE` or `ALTER TABLE ADD PARTITION` for new partitions.
 *
 * Columns named in `partitionBy` become partition columns of their own type; rules become columns of `string` (buckets `int`).
 *
 * @param options - see {@link AthenaTableOptions}.
 * @returns one statement. O(columns).
 * @throws MillraceError `OPTION_INVALID` for names, a location or values that cannot be written, a value with a comma
 * or one that is escaped in paths, a partition without projection if others have one; `TYPE_MISMATCH` for a column type
 * that Athena lacks; `COLUMN_UNKNOWN` for a partition by an unknown column, or a projection of an unknown partition;
 * `COLUMN_CONFLICT` for two columns with the same name, ignoring case.
 * @see https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
 * @example
 * athenaTable({ table: 'orders', location: 's3://lake/orders/', schema: { id: 'int64', region: 'string' }, partitionBy: ['region'] }).split('\n')[0]
 * // => 'CREATE EXTERNAL TABLE IF NOT EXISTS `orders` ('
 */
export function athenaTable(options: AthenaTableOptions): string {
  checkArgument('athenaTable', 'options', options, 'object', CURE)
  checkOptions('athenaTable', options, OPTIONS, CURE)
  const { table, location, schema, partitionBy = [], projection } = options
  const partitions = partitionColumns(schema, partitionBy)
  const plain = new Set(partitionBy.filter((by) => typeof by === 'string'))
  const columns = [...schemaFields(schema).values()].filter(({ name }) => !plain.has(name))
  if (columns.length === 0) throw invalid('no column is left for the file')
  checkNames([...columns, ...partitions].map(({ name }) => name))
  const lines = [
    `CREATE EXTERNAL TABLE IF NOT EXISTS ${tableName(table)} (`,
    columns.map((field) => `  ${quoted(field.name)} ${athenaType(field)}`).join(',\n'),
    ')',
    ...(partitions.length === 0
      ? []
      : [`PARTITIONED BY (${partitions.map(({ name, type }) => `${quoted(name)} ${type}`).join(', ')})`]),
    'STORED AS PARQUET',
    `LOCATION '${checkedLocation(location)}'`,
  ]
  if (projection !== undefined) lines.push(`TBLPROPERTIES (\n${properties(partitions, projection)}\n)`)
  return lines.join('\n')
}

const CURE = "write athenaTable({ table: 'orders', location: 's3://lake/orders/', schema, partitionBy })"
const OPTIONS = {
  table: 'text',
  location: 'text',
  schema: 'object',
  partitionBy: 'array',
  projection: 'object',
} as const

function partitionColumns(schema: SchemaOption, partitionBy: PartitionBy): PartitionColumn[] {
  const fields = schemaFields(schema)
  partitionNames('athenaTable', partitionBy)
  return partitionBy.map((by) => {
    const needed = typeof by === 'string' ? [by] : (by.columns ?? [])
    for (const column of needed) {
      if (fields.has(column)) continue
      throw new MillraceError('COLUMN_UNKNOWN', 'partitionBy names a column that is not in the schema', {
        position: { column },
      })
    }
    if (typeof by === 'string') return { name: by, type: athenaType(fields.get(by) as Field), projection: undefined }
    const type = by.projection.type === 'integer' ? 'int' : athenaType(new Field(by.name, new Utf8()))
    return { name: by.name, type, projection: by.projection }
  })
}

function properties(
  partitions: readonly PartitionColumn[],
  projection: Readonly<Record<string, AthenaProjection>>,
): string {
  for (const column of Object.keys(projection)) {
    if (partitions.some(({ name }) => name === column)) continue
    throw new MillraceError('COLUMN_UNKNOWN', 'projection names a partition that is not in partitionBy', {
      position: { column },
    })
  }
  const pairs = partitions.flatMap((column) => {
    return projectionProperties(column, Object.hasOwn(projection, column.name) ? projection[column.name] : undefined)
  })
  return [['projection.enabled', 'true'], ...pairs].map(([key, value]) => `  '${key}' = '${value}'`).join(',\n')
}

/** Athena's names are lower case. */
function checkNames(names: readonly string[]): void {
  const seen = new Set<string>()
  for (const name of names) {
    const lower = name.toLowerCase()
    if (seen.has(lower)) {
      const rule =
        'two columns of the table have the same name, ignoring case; rename one, or set another as for the rule'
      throw new MillraceError('COLUMN_CONFLICT', rule, { position: { column: name } })
    }
    seen.add(lower)
  }
}

function tableName(table: string): string {
  if (/^\w{1,255}(?:\.\w{1,255})?$/.test(table)) return table.split('.').map(quoted).join('.')
  throw invalid('table must consist of letters, digits and _, optionally after its database and a dot')
}

function quoted(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these cannot be written in a name
  if (name !== '' && !/[\u0000-\u001f\u007f`'"\\]/.test(name)) return `\`${name}\``
  throw new MillraceError(
    'OPTION_INVALID',
    'athenaTable: a name must not contain quotes or control characters; rename it',
    {
      position: { column: name },
    },
  )
}

function checkedLocation(location: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these cannot be written in a location
  if (/^s3:\/\/[a-z0-9][a-z0-9.-]+(?:\/[^\u0000-\u001f\u007f'"\\]*)?$/.test(location)) {
    return location.endsWith('/') ? location : `${location}/`
  }
  throw invalid("location must be like 's3://bucket/prefix/', without quotes and control characters")
}

function invalid(rule: string): MillraceError {
  return new MillraceError('OPTION_INVALID', `athenaTable: ${rule}`)
}
