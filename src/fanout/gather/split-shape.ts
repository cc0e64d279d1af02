import { MillraceError } from '../../errors.ts'
import type { Split } from './split.ts'

const FORMATS: readonly unknown[] = ['csv', 'tsv', 'json', 'ndjson', 'parquet']
const COMPRESSIONS: readonly unknown[] = ['gzip', 'zstd', 'auto']
/** Row groups that a file may have: far more than their ordinals, of 16 bits, can count. */
const MAX_ROW_GROUPS = 1_000_000

type Fields = { readonly [name in keyof Split]?: unknown }

/** The rules of fields that depend on no other, by name; a rule of a field that may be absent holds for undefined. */
const RULES: { readonly [name in keyof Split]: (value: unknown) => boolean } = {
  plan: isText,
  index: isCount,
  of: isCount,
  bucket: isText,
  key: isText,
  eTag: isText,
  versionId: (value) => value === undefined || isText(value),
  format: (value) => FORMATS.includes(value),
  compression: (value) => value === undefined || COMPRESSIONS.includes(value),
  start: isCount,
  end: isCount,
  size: isCount,
  rowGroups: (value) => value === undefined || isRange(value),
  delimiter: (value) => value === undefined || isText(value),
  header: (value) => value === undefined || isListOf(value, (name) => typeof name === 'string'),
  schema: (value) => value === undefined || isListOf(value, (pair) => isListOf(pair, isName) && pair.length === 2),
  inference: (value) => value === undefined || isListOf(value, (flags) => flags === null || isCount(flags)),
  check: isText,
}

/**
 * Check that the fields of a split have the types that `planSplits` writes.
 *
 * @throws MillraceError `SPLIT_MISMATCH`, which names the field.
 */
export function checkSplitShape(split: Fields): void {
  for (const [name, holds] of Object.entries(RULES)) {
    if (!holds(split[name as keyof Split])) throw misshapen(name)
  }
  const { start, end, size, schema, inference } = split as Split
  if (start > end || end > size) throw misshapen('end')
  if (inference !== undefined && schema !== undefined && inference.length !== schema.length)
    throw misshapen('inference')
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isName(value: unknown): boolean {
  return typeof value === 'string'
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isListOf(value: unknown, holds: (item: unknown) => boolean): value is readonly unknown[] {
  return Array.isArray(value) && value.every(holds)
}

function isRange(value: unknown): boolean {
  if (!isListOf(value, isCount) || value.length !== 2) return false
  const [from, to] = value as [number, number]
  return from <= to && to - from <= MAX_ROW_GROUPS
}

function misshapen(name: string): MillraceError {
  return new MillraceError(
    'SPLIT_MISMATCH',
    `the split is not as planSplits makes it: ${name} is of another kind or range; pass each split on as it is`,
  )
}
