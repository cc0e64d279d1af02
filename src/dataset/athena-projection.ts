import { MillraceError } from '../errors.ts'
import { checkFields, checkOptions } from '../internal/check-arguments.ts'
import { hiveSegment } from './hive-path.ts'
import type { RuleProjection } from './partition-rule.ts'

/** The values of a partition: a range from the first to the last, or a list. */
export type AthenaProjection =
  | { readonly range: readonly [from: string | number, to: string | number] }
  | { readonly values: readonly string[] }

/** A partition column of a table. */
export interface PartitionColumn {
  readonly name: string
  readonly type: string
  /** For a rule: the form of its values. */
  readonly projection: RuleProjection | undefined
}

/**
 * Table properties for the projection of one partition column.
 *
 * @throws MillraceError `OPTION_INVALID` for a projection that Athena could not use, or that would miss files.
 */
export function projectionProperties(column: PartitionColumn, given: AthenaProjection | undefined): [string, string][] {
  const { name } = column
  checkProjection(name, given)
  if (given === undefined) {
    if (column.projection?.type === 'integer') return integer(name, column.projection.range.map(String))
    throw invalid(name, 'with projection, each partition needs a range or values')
  }
  if ('values' in given) {
    return property(name, [
      ['type', 'enum'],
      ['values', given.values.map((value) => plainValue(name, value)).join(',')],
    ])
  }
  const range = given.range.map((end) => plainValue(name, String(end)))
  if (column.projection?.type === 'date') return dates(name, column.projection, range)
  if (column.projection !== undefined || INTEGER_TYPES.has(column.type)) return integer(name, range)
  if (range.every((end) => DATE.test(end))) return dates(name, DAYS, range)
  throw invalid(name, 'a range must be of whole numbers or dates; list the values instead')
}

const INTEGER_TYPES: ReadonlySet<string> = new Set(['tinyint', 'smallint', 'int', 'bigint'])
const DAYS = { format: 'yyyy-MM-dd', unit: 'DAYS' } as const
/** A date, `NOW`, or `NOW-3YEARS`. */
const NOW = /^NOW(?:[+-]\d+(?:YEARS?|MONTHS?|WEEKS?|DAYS?|HOURS?|MINUTES?|SECONDS?))?$/
const DATE = /^(?:\d{4}-\d\d-\d\d|NOW(?:[+-]\d+[A-Z]+)?)$/
const FORMATS: Readonly<Record<string, RegExp>> = {
  yyyy: /^\d{4}$/,
  'yyyy-MM': /^\d{4}-\d\d$/,
  'yyyy-MM-dd': /^\d{4}-\d\d-\d\d$/,
  'yyyy-MM-dd-HH': /^\d{4}-\d\d-\d\d-\d\d$/,
}

function dates(
  name: string,
  { format, unit }: { readonly format: string; readonly unit: string },
  range: string[],
): [string, string][] {
  if (!range.every((end) => NOW.test(end) || FORMATS[format]?.test(end))) {
    throw invalid(name, `both ends of its range must be like ${format}, NOW or NOW-3YEARS`)
  }
  return property(name, [
    ['type', 'date'],
    ['format', format],
    ['range', range.join(',')],
    ['interval', '1'],
    ['interval.unit', unit],
  ])
}

function integer(name: string, range: readonly string[]): [string, string][] {
  const ends = range.map((end) => (/^-?\d{1,18}$/.test(end) ? BigInt(end) : undefined))
  if (ends[0] === undefined || ends[1] === undefined || ends[0] > ends[1]) {
    throw invalid(name, 'both ends of its range must be whole numbers, the first not above the last')
  }
  return property(name, [
    ['type', 'integer'],
    ['range', range.join(',')],
  ])
}

function property(name: string, pairs: readonly (readonly [string, string])[]): [string, string][] {
  return pairs.map(([key, value]) => [`projection.${name}.${key}`, value])
}

function checkProjection(name: string, given: AthenaProjection | undefined): void {
  if (given === undefined) return
  checkFields('athenaTable', `projection of ${name}`, given, {})
  checkOptions(`athenaTable: projection of ${name}`, given, { range: 'array', values: 'strings' })
  const { range, values } = given as { range?: readonly unknown[]; values?: readonly string[] }
  const isRange = range?.length === 2 && range.every((end) => typeof end === 'string' || typeof end === 'number')
  if ((range === undefined) !== (values === undefined) && (isRange || (values?.length ?? 0) > 0)) return
  throw invalid(name, 'a projection must be a range of two ends, or a list of values')
}

/** Check a value that a path contains unescaped: Athena inserts values into paths without escapes, and separates them by commas. */
function plainValue(name: string, value: string): string {
  if (value === '' || value.includes(',')) throw invalid(name, 'a value must not be empty or contain a comma')
  if (/^\s|\s$/.test(value)) throw invalid(name, 'a value must not begin or end with a space')
  if (hiveSegment('v', value) === `v=${value}`) return value
  throw invalid(name, 'Athena would not find a value that is escaped in the path; omit the projection')
}

function invalid(name: string, rule: string): MillraceError {
  return new MillraceError('OPTION_INVALID', `athenaTable: ${rule}`, { position: { column: name } })
}
