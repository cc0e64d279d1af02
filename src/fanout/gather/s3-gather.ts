import { setTimeout as wait } from 'node:timers/promises'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { MillraceError } from '../../errors.ts'
import { backoffMs } from '../../internal/backoff.ts'
import { checkOptions, notA } from '../../internal/check-arguments.ts'
import { httpStatusOf, nameOf } from '../../internal/service-error.ts'
import {
  arriveFailed,
  type GatherRun,
  type GatherStore,
  partsMismatch,
  resultGone,
  resultsFailed,
  type StoredResult,
} from './gather-store.ts'

export interface S3GatherOptions {
  /** An `S3Client`; its retries and timeouts apply to every request. */
  readonly client: { send(command: never): Promise<unknown> }
  readonly bucket: string
  /** Prefix of the results, with a folder for each run. Default `gather/`. */
  readonly prefix?: string
}

const KINDS = { client: 'client', bucket: 'text', prefix: 'string' } as const
/** Digits of a part's number in its key: keys are listed in the order of parts. */
const PART_DIGITS = 8
const MAX_CONFLICTS = 8
/** Results read concurrently. */
const READ_AHEAD = 8

/**
 * Create a store of the results of runs as objects of S3, one for each part.
 *
 * An arrival is one `PutObject` with `If-None-Match: *`, and one page of a listing for each 1,000 parts. S3 does not
 * delete results: set a lifecycle rule on the prefix, in days; `ttlSeconds` of `gather` has no effect.
 *
 * @param options.client - needs `s3:PutObject`, `s3:GetObject` and `s3:DeleteObject` under the prefix, `s3:ListBucket` on the bucket.
 * @param options.bucket - the bucket's name.
 * @param options.prefix - with or without a final slash.
 * @returns a store for `gather`.
 * @throws MillraceError from its calls: see `GatherStore`. `OPTION_INVALID` at once.
 * @example no-run needs a bucket
 * const store = s3Gather({ client: new S3Client(), bucket: 'lake', prefix: 'work/gather/' })
 * const { isComplete } = await gather({ store, run: 'orders-2026-11-29', parts: 80 }).arrive(7, { rows: 1_000_000 })
 */
export function s3Gather(options: S3GatherOptions): GatherStore {
  if (options === undefined)
    throw notA('s3Gather', 'options', 'an object', options, 'write s3Gather({ client, bucket })')
  checkOptions('s3Gather', options, KINDS, 'write s3Gather({ client, bucket })')
  const { client, bucket: Bucket, prefix = 'gather/' } = options
  if (client === undefined || Bucket === undefined)
    throw new MillraceError('OPTION_INVALID', 's3Gather: client and bucket are required')
  const send = <Output>(command: object): Promise<Output> => client.send(command as never) as Promise<Output>
  const root = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
  const folderOf = ({ run }: GatherRun): string => `${root}${run}/`
  const keyOf = (run: GatherRun, part: number): string =>
    `${folderOf(run)}${run.parts}/${String(part).padStart(PART_DIGITS, '0')}.json`

  /** Put a result unless one exists. False if one already exists. */
  const put = async (Key: string, Body: string): Promise<boolean> => {
    const input = { Bucket, Key, Body, ContentType: 'application/json', IfNoneMatch: '*' }
    for (let conflicts = 0; ; conflicts++) {
      try {
        await send(new PutObjectCommand(input))
        return true
      } catch (error) {
        const status = httpStatusOf(error)
        if (status === 412) return false
        // Another write of this object is in progress, and may still fail: try again.
        if (status !== 409 || conflicts === MAX_CONFLICTS) throw error
      }
      await wait(backoffMs(conflicts, { baseMs: 50, maxMs: 1000 }))
    }
  }

  const list = async (run: GatherRun): Promise<Listing> => {
    const listing: Listing = { own: [], ownTime: Number.POSITIVE_INFINITY, other: undefined }
    let ContinuationToken: string | undefined
    do {
      const command = new ListObjectsV2Command({ Bucket, Prefix: folderOf(run), ContinuationToken })
      const page = await send<ListObjectsV2CommandOutput>(command)
      for (const { Key = '', LastModified } of page.Contents ?? [])
        addTo(listing, Key.slice(folderOf(run).length), Number(LastModified), run.parts)
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken !== undefined)
    return listing
  }

  const read = async (run: GatherRun, part: number): Promise<StoredResult> => {
    try {
      const { Body } = await send<GetObjectCommandOutput>(new GetObjectCommand({ Bucket, Key: keyOf(run, part) }))
      return { part, text: (await Body?.transformToString()) ?? '' }
    } catch (error) {
      throw nameOf(error) === 'NoSuchKey' ? resultGone(part) : resultsFailed(error)
    }
  }

  const store = async (run: GatherRun, part: number, text: string): Promise<number> => {
    const Key = keyOf(run, part)
    const isPut = await put(Key, text)
    const listing = await list(run)
    if (!isForeign(listing, run.parts, isPut)) return listing.own.length
    if (isPut) await send(new DeleteObjectCommand({ Bucket, Key }))
    throw partsMismatch(run.parts, Number(listing.other?.parts))
  }

  async function* results(run: GatherRun): AsyncGenerator<StoredResult> {
    const listing = await list(run).catch((cause: unknown) => {
      throw resultsFailed(cause)
    })
    if (isForeign(listing, run.parts, false)) throw partsMismatch(run.parts, Number(listing.other?.parts))
    const { own } = listing
    for (let at = 0; at < own.length; at += READ_AHEAD)
      yield* await Promise.all(own.slice(at, at + READ_AHEAD).map((part) => read(run, part)))
  }

  return {
    arrive: (run, part, text) =>
      store(run, part, text).catch((error: unknown) => {
        throw error instanceof MillraceError ? error : arriveFailed(error)
      }),
    results,
  }
}

/** Contents of a run's folder. */
interface Listing {
  /** Parts that have arrived, under the caller's number of parts. */
  readonly own: number[]
  /** Time at which the first of them was put, in milliseconds; S3 counts whole seconds. */
  ownTime: number
  /** The first result under another number of parts. */
  other: { readonly parts: number; readonly time: number } | undefined
}

/** Add an object by its name within the run's folder: `PARTS/PART.json`. Other objects do not belong to a gather. */
function addTo(listing: Listing, name: string, time: number, parts: number): void {
  const found = /^(\d{1,8})\/(\d{8})\.json$/.exec(name)
  if (found === null) return
  const foundParts = Number(found[1])
  if (foundParts === parts) {
    listing.own.push(Number(found[2]))
    listing.ownTime = Math.min(listing.ownTime, time)
  } else if (listing.other === undefined || time < listing.other.time) listing.other = { parts: foundParts, time }
}

/**
 * Test whether the caller's number of parts differs from the run's. The first result decides. Within one second of S3's
 * clock a call that has just put the only result under its number yields, so that it never breaks an existing run;
 * otherwise the smaller number decides, for every caller.
 */
function isForeign({ own, ownTime, other }: Listing, parts: number, isPut: boolean): boolean {
  if (other === undefined || ownTime < other.time) return false
  if (ownTime > other.time) return true
  return (isPut && own.length === 1) || other.parts < parts
}
