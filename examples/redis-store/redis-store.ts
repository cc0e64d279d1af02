import {
  type IdempotencyStore,
  type RecordTable,
  recordStore,
  type StoredRecord,
  type Written,
} from 'millrace/idempotency'

/** The required method of a client, such as that of the package `redis`. */
export interface RedisClient {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

export interface RedisStoreOptions {
  readonly client: RedisClient
  readonly prefix?: string
  /** Expiry of a record after its last write: longer than `ttlSeconds` and the longest lease. Default: 8 days. */
  readonly keepMs?: number
  /** Results with more bytes are not stored. */
  readonly maxResultBytes?: number
}

// A script is atomic: its reads are still valid when it writes. Each returns the existing record if it did not write.
const INSERT = `
  if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return false end
  return redis.call('GET', KEYS[1])`
const REPLACE = `
  local now = redis.call('GET', KEYS[1])
  if now ~= ARGV[3] then return now or '' end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return false`
const CHANGE = `
  local now = redis.call('GET', KEYS[1])
  if not now then return '' end
  local record = cjson.decode(now)
  if record.token ~= ARGV[3] or record.state ~= 'in-progress' then return now end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return false`

/** Idempotency records in Redis. */
export function redisStore(options: RedisStoreOptions): IdempotencyStore {
  const { client, prefix = 'idempotency:', keepMs = 8 * 86_400_000, maxResultBytes = 1_000_000 } = options

  const run = async (script: string, record: StoredRecord, ...more: string[]): Promise<Written> => {
    const found = await client.eval(script, {
      keys: [prefix + record.key],
      arguments: [JSON.stringify(record), `${keepMs}`, ...more],
    })
    if (found === null) return { won: true }
    // The text is the version that REPLACE compares.
    const version = String(found)
    return version === '' ? { won: false } : { won: false, found: { record: JSON.parse(version), version } }
  }

  const table: RecordTable = {
    insert: (record) => run(INSERT, record),
    replace: ({ version = '' }, record) => run(REPLACE, record, version),
    change: ({ token }, record) => run(CHANGE, record, token),
    fits: (_, bytes) => bytes <= maxResultBytes,
  }
  return recordStore(table)
}
