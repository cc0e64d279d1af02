import type { StoredRecord } from './record.ts'
import { outcomeFields, recordOfFields } from './record-fields.ts'
import type { HeldLease } from './store.ts'
import { recordInvalid } from './store-failure.ts'

/** The two DynamoDB types used in records. */
export type Attribute = { S: string } | { N: string }
export type Item = Record<string, Attribute>

/** A DynamoDB item: names and values. */
export const MAX_ITEM_BYTES = 400 * 1024

/** The layout of the table of a store. */
export interface ItemLayout {
  readonly partitionKey: string
  readonly sortKey: string | undefined
  readonly sortKeyValue: string
  readonly ttlAttribute: string
}

export function keyOfItem(key: string, { partitionKey, sortKey, sortKeyValue }: ItemLayout): Item {
  const item: Item = { [partitionKey]: { S: key } }
  if (sortKey !== undefined) item[sortKey] = { S: sortKeyValue }
  return item
}

/** A record in progress as an item: the outcome comes with a change. `ttl` is rounded up, so that DynamoDB deletes nothing that has not expired. */
export function itemOf(record: StoredRecord, layout: ItemLayout): Item {
  const item = keyOfItem(record.key, layout)
  item['state'] = { S: record.state }
  item['token'] = { S: record.token }
  item['attempt'] = { N: `${record.attempt}` }
  item['leaseExpiresAt'] = { N: `${record.leaseExpiresAt}` }
  item['expiresAt'] = { N: `${record.expiresAt}` }
  item[layout.ttlAttribute] = ttlOf(record)
  if (record.fingerprint !== undefined) item['fingerprint'] = { S: record.fingerprint }
  return item
}

function ttlOf({ expiresAt }: StoredRecord): Attribute {
  return { N: `${Math.ceil(expiresAt / 1000)}` }
}

/** The attributes in which a record differs from that of its lease. */
export function changedAttributes(record: StoredRecord, lease: HeldLease, { ttlAttribute }: ItemLayout): Item {
  const item: Item = {}
  // A renewal always writes its time: an update must change something, even if it only checks whether the lease is held.
  if (record.state === 'in-progress') item['leaseExpiresAt'] = { N: `${record.leaseExpiresAt}` }
  else item['state'] = { S: record.state }
  if (record.expiresAt !== lease.recordExpiresAt) {
    item['expiresAt'] = { N: `${record.expiresAt}` }
    item[ttlAttribute] = ttlOf(record)
  }
  for (const [name, text] of outcomeFields(record.outcome)) item[name] = { S: text }
  return item
}

/**
 * Parse the record in an item; unknown attributes are ignored.
 *
 * @throws MillraceError `IDEMPOTENCY_RECORD_INVALID`.
 */
export function recordOfItem(key: string, item: Readonly<Record<string, unknown>>): StoredRecord {
  const fields = new Map<string, unknown>()
  for (const [name, attribute] of Object.entries(item)) {
    if (typeof attribute !== 'object' || attribute === null) throw recordInvalid('is not a DynamoDB item')
    if ('S' in attribute) fields.set(name, attribute.S)
    else if ('N' in attribute) fields.set(name, Number(attribute.N))
    else fields.set(name, attribute)
  }
  return recordOfFields(key, Object.fromEntries(fields))
}

/**
 * Upper bound of the bytes of an item as DynamoDB counts them.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Item): number {
  let bytes = 0
  for (const [name, attribute] of Object.entries(item))
    bytes += Buffer.byteLength(name) + ('S' in attribute ? Buffer.byteLength(attribute.S) : 21)
  return bytes
}
