import type { StoredRecord } from './record.ts'
import { fieldsOfRecord, recordOfFields } from './record-fields.ts'
import { recordInvalid } from './store-failure.ts'

/** A record as an object of S3 holds it. */
export function encodeRecord(record: StoredRecord): string {
  return JSON.stringify({ key: record.key, ...fieldsOfRecord(record) })
}

/**
 * The record in a text of {@link encodeRecord}.
 *
 * @throws MillraceError `IDEMPOTENCY_RECORD_INVALID` for any other text.
 */
export function decodeRecord(key: string, text: string): StoredRecord {
  let fields: unknown
  try {
    fields = JSON.parse(text)
  } catch (cause) {
    throw recordInvalid('is no JSON', cause)
  }
  if (typeof fields !== 'object' || fields === null) throw recordInvalid('is no object')
  const record = recordOfFields(key, fields as Readonly<Record<string, unknown>>)
  if ((fields as Readonly<Record<string, unknown>>)['key'] !== key) throw recordInvalid('is that of another key')
  return record
}
