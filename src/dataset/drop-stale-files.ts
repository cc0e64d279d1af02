import { DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3'
import { MillraceError } from '../errors.ts'
import { checkArgument, checkFields } from '../internal/check-arguments.ts'
import { writeError } from '../s3/s3-error.ts'
import type { DatasetWrite } from './dataset-write.ts'
import { prefixOf } from './file-key.ts'
import { isHiddenFile, listPages } from './list-keys.ts'

const KEYS_AT_ONCE = 1000
const LISTINGS_AT_ONCE = 16

/**
 * Delete stale files in the partitions of a write: those of earlier runs with other names or numbers. Its own files stay.
 *
 * For partitions that one write owns at a time; with parallel writers, join the `files` of all their writes first. Only
 * files directly in the folders of `write.files` are considered; sub-folders and names that begin with `_` or `.` stay,
 * and so do partitions without a file of this write.
 *
 * @param client - an `S3Client` of `@aws-sdk/client-s3`.
 * @param write - the result of `datasetSink`.
 * @param location - bucket and prefix of the dataset; nothing else is deleted.
 * @returns the deleted keys. One listing per partition, one request per 1,000 files.
 * @throws MillraceError `KEY_OUTSIDE_PREFIX` if the write names a file elsewhere, and nothing is deleted;
 * `SOURCE_UNAVAILABLE` if a folder cannot be listed; `WRITE_FAILED` if S3 does not delete a file.
 * @example no-run needs a bucket
 * const write = await pipeline(batches, datasetSink(client, { bucket: 'lake', prefix: 'processed/orders', name: 'hour-13' }))
 * const deleted = await dropStaleFiles(client, write, { bucket: 'lake', prefix: 'processed/orders' })
 */
export async function dropStaleFiles(
  client: Pick<S3Client, 'send'>,
  write: Pick<DatasetWrite, 'files'>,
  location: { readonly bucket: string; readonly prefix: string; readonly expectedBucketOwner?: string },
): Promise<string[]> {
  checkArgument('dropStaleFiles', 'client', client, 'client', CURE)
  checkFields('dropStaleFiles', 'write', write, { 'files!': 'array' }, CURE)
  checkFields('dropStaleFiles', 'location', location, LOCATION, CURE)
  const root = prefixOf('dropStaleFiles', location.prefix)
  const own = new Set(write.files.map((file) => Object(file).key))
  for (const file of write.files) {
    const { bucket, key } = Object(file)
    if (bucket === location.bucket && typeof key === 'string' && key.startsWith(root)) continue
    const rule =
      'dropStaleFiles: the write names a file that is not in this bucket under this prefix; nothing was deleted'
    throw new MillraceError('KEY_OUTSIDE_PREFIX', rule)
  }
  const stale = await staleKeys(client, location, own)
  for (let at = 0; at < stale.length; at += KEYS_AT_ONCE) {
    await deleteKeys(client, location, stale.slice(at, at + KEYS_AT_ONCE))
  }
  return stale
}

const CURE = "write dropStaleFiles(client, write, { bucket: 'lake', prefix: 'processed/orders' })"
const LOCATION = { 'bucket!': 'text', 'prefix!': 'string', expectedBucketOwner: 'string' } as const

interface Location {
  readonly bucket: string
  readonly expectedBucketOwner?: string
}

async function staleKeys(
  client: Pick<S3Client, 'send'>,
  { bucket, expectedBucketOwner }: Location,
  own: ReadonlySet<string>,
): Promise<string[]> {
  const folders = [...new Set(Array.from(own, (key) => key.slice(0, key.lastIndexOf('/') + 1)))].reverse()
  const stale: string[] = []
  const look = async (): Promise<void> => {
    for (let prefix = folders.pop(); prefix !== undefined; prefix = folders.pop()) {
      for await (const { objects } of listPages(client, { bucket, prefix, isFlat: true, expectedBucketOwner })) {
        for (const { key } of objects) {
          const name = key.slice(prefix.length)
          if (!own.has(key) && !name.includes('/') && !isHiddenFile(name)) stale.push(key)
        }
      }
    }
  }
  await Promise.all(Array.from({ length: LISTINGS_AT_ONCE }, look))
  return stale.sort()
}

async function deleteKeys(
  client: Pick<S3Client, 'send'>,
  { bucket, expectedBucketOwner }: Location,
  keys: readonly string[],
): Promise<void> {
  const command = new DeleteObjectsCommand({
    Bucket: bucket,
    Delete: { Quiet: true, Objects: keys.map((Key) => ({ Key })) },
    ...(expectedBucketOwner !== undefined && { ExpectedBucketOwner: expectedBucketOwner }),
  })
  const { Errors = [] } = await client.send(command).catch((error: unknown) => {
    throw writeError(error, undefined)
  })
  const [first] = Errors
  if (first === undefined) return
  const rule = `dropStaleFiles: S3 did not delete ${Errors.length} of ${keys.length} files: ${first.Code ?? 'Error'}`
  throw new MillraceError('WRITE_FAILED', `${rule}; allow s3:DeleteObject, and call it again`)
}
