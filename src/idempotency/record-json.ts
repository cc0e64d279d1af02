import type { StoredRecord } from './record.ts'
import { fieldsOfRecord, recordOfFields } from './record-fields.ts'
import { recordInvalid } from './store-failure.ts'

/** Encode a record as the content of an S3 object. */
export function encodeRecord(record: StoredRecord): string {
  return JSON.stringify({ key: record.key, ...fieldsOfRecord(record) })
}

/**
 * Parse a record from the text of {@link encodeRecord}.
 *
 * @throws MillraceError `IDEMPOTENCY_RECORD_INVALID` for any other text.
 */
export function decodeRecord(key: string, text: string): StoredRecord {
  let fields: unknown
  try {
    fields = JSON.parse(text)
  } catch (cause) {
    throw recordInvalid('is not JSON', cause)
  }
  if (typeof fields !== 'object' || fields === null) throw recordInvalid('is not an object')
  const record = recordOfFields(key, fields as Readonly<Record<string, unknown>>)
  if ((fields as Readonly<Record<string, unknown>>)['key'] !== key) throw recordInvalid('belongs to another key')
  return record
}
