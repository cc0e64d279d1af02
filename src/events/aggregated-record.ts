/** The fields that a reader needs of a message of the Kinesis Producer Library. */
export interface AggregatedRecord {
  readonly partitionKeys: readonly string[]
  readonly records: readonly { readonly partitionKeyIndex: number; readonly data: Uint8Array }[]
}

type Field = { readonly number: number } & (
  | { readonly type: 'varint'; readonly value: number }
  | { readonly type: 'bytes'; readonly value: Uint8Array }
  | { readonly type: 'fixed' }
)

interface Cursor {
  readonly bytes: Uint8Array
  at: number
}

/**
 * Reads
 * ```proto message AggregatedRecord { repeated string partition_key_table = 1; repeated string explicit_hash_key_table = 2; repeated Record records = 3; } message Record { required uint64 partition_key_index = 1; optional uint64 explicit_hash_key_index = 2; required bytes data = 3; repeated Tag tags = 4; } ```
 * from the wire format of https://protobuf.dev/programming-guides/encoding/; unknown fields are skipped. Undefined if
 * the bytes are not such a message. The data of the records are views of these bytes.
 */
export function readAggregatedRecord(bytes: Uint8Array): AggregatedRecord | undefined {
  const partitionKeys: string[] = []
  const records: { partitionKeyIndex: number; data: Uint8Array }[] = []
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    for (const field of fieldsOf(bytes)) {
      if (field.type !== 'bytes') continue
      if (field.number === 1) partitionKeys.push(utf8.decode(field.value))
      if (field.number === 3) records.push(readRecord(field.value))
    }
  } catch {
    return undefined
  }
  return { partitionKeys, records }
}

function readRecord(bytes: Uint8Array): { partitionKeyIndex: number; data: Uint8Array } {
  let partitionKeyIndex: number | undefined
  let data: Uint8Array | undefined
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1 && field.type === 'varint') partitionKeyIndex = field.value
    if (field.number === 3 && field.type === 'bytes') data = field.value
  }
  if (partitionKeyIndex === undefined || data === undefined) throw new RangeError('a required field is missing')
  return { partitionKeyIndex, data }
}

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const cursor: Cursor = { bytes, at: 0 }
  while (cursor.at < bytes.length) {
    const tag = readVarint(cursor)
    const number = Math.floor(tag / 8)
    switch (tag % 8) {
      case 0:
        yield { number, type: 'varint', value: readVarint(cursor) }
        break
      case 1:
        take(cursor, 8)
        yield { number, type: 'fixed' }
        break
      case 2:
        yield { number, type: 'bytes', value: take(cursor, readVarint(cursor)) }
        break
      case 5:
        take(cursor, 4)
        yield { number, type: 'fixed' }
        break
      default:
        throw new RangeError('unknown wire type')
    }
  }
}

/** Seven bits per byte, the lowest first. Beyond 2^53 a double rounds, which no index or length of a message can reach. */
function readVarint(cursor: Cursor): number {
  let value = 0
  for (let index = 0; index < 10; index++) {
    const [byte = 0] = take(cursor, 1)
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return value
  }
  throw new RangeError('a varint has at most ten bytes')
}

function take(cursor: Cursor, count: number): Uint8Array {
  const end = cursor.at + count
  if (end > cursor.bytes.length) throw new RangeError('the message ends too early')
  const taken = cursor.bytes.subarray(cursor.at, end)
  cursor.at = end
  return taken
}
