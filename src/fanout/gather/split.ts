import { MillraceError } from '../../errors.ts'
import { nodeCrypto } from '../../internal/node-modules.ts'

/** A file format, by its name in `codecFor`. */
export type SplitFormat = 'csv' | 'tsv' | 'json' | 'ndjson' | 'parquet'

/** A part of an object, to be read by one worker. Plain JSON. */
export interface Split {
  /** Id of the plan. */
  readonly plan: string
  /** Number of the split within its plan, from 0: the `part` of `gather`. */
  readonly index: number
  /** Splits in the plan. */
  readonly of: number
  readonly bucket: string
  readonly key: string
  /** ETag that the object must have, without quotes. */
  readonly eTag: string
  readonly versionId?: string
  readonly format: SplitFormat
  readonly compression?: 'gzip' | 'zstd' | 'auto'
  /** Bytes of the object, from the start of a row. */
  readonly start: number
  /** End of the bytes, excluded. */
  readonly end: number
  /** Bytes of the whole object. */
  readonly size: number
  /** For Parquet, the first row group, and the one after the last. */
  readonly rowGroups?: readonly [number, number]
  /** For CSV, the delimiter, if it is not the one of the options. */
  readonly delimiter?: string
  /** For CSV, the names of the columns. */
  readonly header?: readonly string[]
  /** Columns and their types. Pairs, since JavaScript reorders names that look like integers. Absent if types are inferred per object. */
  readonly schema?: readonly (readonly [name: string, type: string])[]
  /** Flags of the values that inference saw in each column of `schema`, null if the type is pinned. */
  readonly inference?: readonly (number | null)[]
  /** Checksum over all other fields. */
  readonly check: string
}

/** Division of objects into splits. Plain JSON. */
export interface SplitPlan {
  /** Derived from the objects, their ETags and the options: the same input has the same plan. */
  readonly id: string
  readonly splits: readonly Split[]
  /** Number of objects of the plan. */
  readonly objects: number
  /** Bytes of the objects. */
  readonly bytes: number
}

/** Report of a worker on a completely read split. Plain JSON. */
export interface SplitReport {
  readonly plan: string
  readonly index: number
  /** Rows read. */
  readonly rows: number
  /** Rows that were rejected, and passed to `onInvalidRow`. */
  readonly refused: number
  /** Bytes of the object that the split covers. */
  readonly bytes: number
}

/** A split without the fields that its plan adds. */
export type UnplannedSplit = Omit<Split, 'plan' | 'index' | 'of' | 'check'>

/** Complete a split of a plan with its checksum. */
export function sealed(split: Omit<Split, 'check'>): Split {
  return { ...split, check: checkOf(split) }
}

/** @throws MillraceError `SPLIT_MISMATCH` for a split that was altered. */
export function checkSeal(split: Split): void {
  const { check, ...fields } = split
  if (typeof check === 'string' && check === checkOf(fields)) return
  throw new MillraceError('SPLIT_MISMATCH', 'the split was altered: its checksum differs; pass splits unchanged')
}

/** Text that is equal for equal values, independent of property order. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** The first 128 bits of a SHA-256, in hexadecimal digits. */
export function digest(text: string): string {
  return nodeCrypto().createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function checkOf(fields: Omit<Split, 'check'>): string {
  return digest(
    canonicalText(
      Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  )
}
