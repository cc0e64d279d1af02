import {
  type RawField,
  type RawStruct,
  rawInt,
  rawList,
  rawStruct,
  THRIFT,
} from '../../codecs/parquet/read/footer/raw-thrift.ts'
import type { Leaf } from '../../codecs/parquet/read/schema/schema-shape.ts'
import { checkSameSchema, type FileNotes, type RawSchema, rawSchema } from './schema.ts'
import type { OpenedSource } from './source.ts'
import { checkSameCalendar, isLower, SPARK_VERSION } from './spark.ts'

/** Facts that all sources share, for the merged footer, updated source by source. */
export interface Agreement {
  readonly metadata: FileNotes
  readonly leaves: readonly Leaf[]
  readonly schema: RawSchema & { readonly field: RawField }
  /** Orders of the columns' bounds; empty if the first source has none. */
  readonly orders: readonly Uint8Array[]
  /** Key-values that all sources so far share, as bytes under their key: a key may occur more than once. */
  readonly keyValues: Map<string, readonly Uint8Array[]>
  version: number
}

/** Indices of columns whose bounds a source orders differently from the merged file. */
export type Disordered = ReadonlySet<number>

export function agreementOf({ footer, metadata, leaves }: OpenedSource): Agreement {
  return {
    metadata: { schema: metadata.schema, keyValues: metadata.keyValues },
    leaves,
    schema: { ...rawSchema(footer, metadata), field: footer.get(2) as RawField },
    orders: ordersOf(footer, leaves),
    keyValues: keyValuesOf(footer),
    version: rawInt(footer.get(1)) ?? 1,
  }
}

/**
 * Add another source to the agreement.
 *
 * @throws MillraceError `TYPE_MISMATCH` if its columns, or the interpretation of their values, differ from the first source's.
 */
export function agree(agreement: Agreement, { source, footer, metadata, leaves }: OpenedSource): Disordered {
  checkSameSchema(agreement.schema, rawSchema(footer, metadata), source.index)
  checkSameCalendar(agreement.metadata, metadata, source.index)
  agreement.version = Math.max(agreement.version, rawInt(footer.get(1)) ?? 1)
  keepAlike(agreement.keyValues, keyValuesOf(footer))
  const orders = ordersOf(footer, leaves)
  return new Set(agreement.orders.flatMap((order, column) => (isSame(orders[column], order) ? [] : [column])))
}

/** Drop the key-values that another source lacks or has differently. The lowest version of Spark stays, since readers depend on it. */
function keepAlike(kept: Map<string, readonly Uint8Array[]>, others: ReadonlyMap<string, readonly Uint8Array[]>): void {
  for (const [key, pairs] of kept) {
    const other = others.get(key)
    if (other?.length === pairs.length && pairs.every((pair, index) => isSame(pair, other[index]))) continue
    if (key !== SPARK_VERSION || other === undefined) kept.delete(key)
    else if (isLower(firstValue(other), firstValue(pairs))) kept.set(key, other)
  }
}

function keyValuesOf(footer: RawStruct): Map<string, readonly Uint8Array[]> {
  const found = new Map<string, Uint8Array[]>()
  const list = rawList(footer.get(5))
  if (list?.type !== THRIFT.STRUCT) return found
  for (const item of list.items) {
    const pair = item.slice()
    const key = textOf(rawStruct(pair).get(1))
    const same = found.get(key)
    if (same === undefined) found.set(key, [pair])
    else same.push(pair)
  }
  return found
}

/** Bytes as text, one character each: keys that are not UTF-8 stay distinct. */
function textOf(field: RawField | undefined): string {
  if (field?.type !== THRIFT.BINARY) return ''
  const { value } = field
  let lengthBytes = 1
  while ((value[lengthBytes - 1] ?? 0) >= 0x80) lengthBytes++
  return Buffer.from(value.subarray(lengthBytes)).toString('latin1')
}

function firstValue([pair]: readonly Uint8Array[]): string {
  return pair === undefined ? '' : textOf(rawStruct(pair).get(2))
}

/** The order of every column's bounds; none if their number differs. */
function ordersOf(footer: RawStruct, leaves: readonly Leaf[]): readonly Uint8Array[] {
  const items = rawList(footer.get(7))?.items ?? []
  return items.length < leaves.length ? [] : items.map((item) => item.slice())
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0
}
