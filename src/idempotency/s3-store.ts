import { setTimeout as wait } from 'node:timers/promises'
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  PutObjectCommand,
  type PutObjectCommandOutput,
} from '@aws-sdk/client-s3'
import { MillraceError } from '../errors.ts'
import { backoffMs } from '../internal/backoff.ts'
import { checkFields, checkOptions, type Kind } from '../internal/check-arguments.ts'
import { httpStatusOf, nameOf } from '../internal/service-error.ts'
import { checkResultBytes } from './check-store.ts'
import { objectKey } from './object-key.ts'
import type { FoundRecord, StoredRecord } from './record.ts'
import { decodeRecord, encodeRecord } from './record-json.ts'
import { type RecordTable, recordStore, type Written } from './record-store.ts'
import type { HeldLease, IdempotencyStore, OverflowStore } from './store.ts'
import { storeFailure } from './store-failure.ts'

/** An `S3Client` of `@aws-sdk/client-s3`. */
export interface S3Sender {
  send(command: never): Promise<unknown>
}

export interface S3StoreOptions {
  readonly client: S3Sender
  readonly bucket: string
  /** Prefix of the records, with a folder for each namespace. Default `idempotency/`. */
  readonly prefix?: string
  /** Bytes of UTF-8 beyond which a result is not kept. Default: no limit. */
  readonly maxResultBytes?: number
  /** From 0 to 1, for the jitter of waits. Default `Math.random`. */
  readonly random?: () => number
  /** Waits after a conflict. Default: a timer. */
  readonly sleep?: (ms: number) => Promise<unknown>
}

/** A store for `idempotent`, and for results that are too large for another store. */
export type S3Store = IdempotencyStore & OverflowStore

type Condition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string }

/** Most attempts of a write with conflicts (409), or of a lease whose last response was lost. */
const MAX_TURNS = 8
const CHANGE = 'writing to the record'

/**
 * Store records as objects of S3, using its conditional writes: for few, large calls when you do not want a table.
 *
 * A claim is one `PutObject` with `If-None-Match: *`; takeover, renewal, completion and release are one each with
 * `If-Match`, so that the ETag is the fence. A claim that finds a record reads it: a replay costs one rejected put and
 * one get. S3 does not delete expired records: a lifecycle rule on the prefix, in days, cleans up.
 *
 * @param options.client - an `S3Client`; its retries and timeouts apply to every request.
 * @param options.bucket - a bucket without versioning, or with a lifecycle rule that removes old versions.
 * @param options.prefix - prefix of the records.
 * @returns a store for `idempotent`, and an overflow store for a `dynamodbStore`.
 * @throws MillraceError, by its calls: `IDEMPOTENCY_STORE_FAILED` with the SDK's error as cause;
 * `IDEMPOTENCY_RECORD_INVALID` for an object that is not a record; `IDEMPOTENCY_LEASE_LOST`. `OPTION_INVALID` and
 * `TYPE_MISMATCH` at once.
 * @example no-run needs a bucket
 * const store = s3Store({ client: new S3Client(), bucket: 'lake', prefix: 'idempotency/' })
 * const importFile = async (file: { readonly key: string }) => ({ imported: file.key })
 * export const handler = idempotent(importFile, { store, key: (file) => file.key, namespace: 'import' })
 */
export function s3Store(options: S3StoreOptions): S3Store {
  checkFields(
    's3Store',
    'options',
    options,
    { 'client!': 'client', 'bucket!': 'text' },
    "write s3Store({ client, bucket: 'lake' })",
  )
  checkOptions('s3Store', options, OPTIONS)
  checkResultBytes('s3Store', options.maxResultBytes)
  const { client, bucket, prefix = 'idempotency/' } = options
  const send = <Output>(command: object): Promise<Output> => client.send(command as never) as Promise<Output>
  const place = (key: string) => ({ Bucket: bucket, Key: objectKey(prefix, key) })

  /** Undefined if nothing exists. */
  const read = async (key: string): Promise<{ readonly text: string; readonly version?: string } | undefined> => {
    try {
      const { Body, ETag } = await send<GetObjectCommandOutput>(new GetObjectCommand(place(key)))
      const text = (await Body?.transformToString()) ?? ''
      return { text, ...(ETag !== undefined && { version: ETag }) }
    } catch (error) {
      if (nameOf(error) === 'NoSuchKey' || (httpStatusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket'))
        return undefined
      throw storeFailure('reading the record', error)
    }
  }

  const table = s3Table(options, {
    put: (key, Body, condition) =>
      send<PutObjectCommandOutput>(
        new PutObjectCommand({ ...place(key), Body, ContentType: 'application/json', ...condition }),
      ),
    find: async (key) => {
      const found = await read(key)
      if (found === undefined) return undefined
      return { record: decodeRecord(key, found.text), ...(found.version !== undefined && { version: found.version }) }
    },
  })

  return {
    ...recordStore(table),
    writeResult: async (key, text) => {
      const command = new PutObjectCommand({ ...place(`${key}.result`), Body: text, ContentType: 'application/json' })
      await send(command).catch((error: unknown) => {
        throw storeFailure('writing the result', error)
      })
    },
    readResult: async (key) => (await read(`${key}.result`))?.text,
  }
}

const OPTIONS = {
  client: 'client',
  bucket: 'text',
  prefix: 'string',
  maxResultBytes: 'number',
  random: 'function',
  sleep: 'function',
} as const satisfies Record<keyof S3StoreOptions, Kind>

/** The requests to S3 for records. */
interface Objects {
  put(key: string, body: string, condition: Condition): Promise<PutObjectCommandOutput>
  find(key: string): Promise<FoundRecord | undefined>
}

/** The atomic writes of records, as conditional requests to S3. */
function s3Table(
  { maxResultBytes, random = Math.random, sleep = wait }: S3StoreOptions,
  objects: Objects,
): RecordTable {
  const write = async (action: string, record: StoredRecord, condition: Condition): Promise<Written> => {
    for (let conflicts = 0; ; conflicts++) {
      try {
        const { ETag } = await objects.put(record.key, encodeRecord(record), condition)
        return { won: true, ...(ETag !== undefined && { version: ETag }) }
      } catch (error) {
        const status = httpStatusOf(error)
        if (status === 412 || isMissing(error, condition)) break
        // Another write of the same object is in progress: whether it wins is not known yet.
        if (status !== 409 || conflicts === MAX_TURNS) throw storeFailure(action, error)
      }
      await sleep(backoffMs(conflicts, { baseMs: 50, maxMs: 1000, random }))
    }
    return look(record.key)
  }
  const look = async (key: string): Promise<Written> => {
    const found = await objects.find(key)
    return { won: false, ...(found !== undefined && { found }) }
  }

  return {
    insert: (record) => write('the claim', record, { IfNoneMatch: '*' }),
    replace: ({ version }, record) => write('the claim', record, ifMatch(version)),
    change: async (lease, record) => {
      let { version } = lease
      for (let turns = 0; turns < MAX_TURNS; turns++) {
        const written =
          version === undefined ? await look(record.key) : await write(CHANGE, record, { IfMatch: version })
        if (written.won || written.found === undefined || !isHeld(written.found.record, lease)) return written
        // The lease is held, but with another ETag: the response to its last renewal was lost.
        version = written.found.version
      }
      throw new MillraceError('IDEMPOTENCY_STORE_FAILED', `${CHANGE} failed: it changed ${MAX_TURNS} times meanwhile`)
    },
    fits: (_, bytes) => bytes <= (maxResultBytes ?? Number.POSITIVE_INFINITY),
  }
}

function isHeld(record: StoredRecord, lease: HeldLease): boolean {
  return record.token === lease.token && record.state === 'in-progress'
}

function ifMatch(version: string | undefined): Condition {
  if (version === undefined)
    throw new MillraceError('IDEMPOTENCY_STORE_FAILED', 'S3 returned no ETag, which conditional writes need')
  return { IfMatch: version }
}

/** `If-Match` on a deleted object is a 404. */
function isMissing(error: unknown, condition: Condition): boolean {
  return 'IfMatch' in condition && httpStatusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket'
}
