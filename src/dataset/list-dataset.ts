import type { S3Client } from '@aws-sdk/client-s3'
import { MillraceError } from '../errors.ts'
import { checkArgument, checkFields } from '../internal/check-arguments.ts'
import { checkNearNames } from '../internal/check-near-names.ts'
import type { DatasetFile } from './dataset-write.ts'
import { prefixOf } from './file-key.ts'
import { parseHiveSegment } from './hive-path.ts'
import { isHiddenFile, isHiddenFolder, type ListedObject, listPages } from './list-keys.ts'

/** Location of a dataset, and a selection of its partitions. */
export interface DatasetLocation {
  readonly bucket: string
  /** With or without a final slash; `''` is the bucket's root. */
  readonly prefix: string
  /** Values that partitions must have, at any level; null is the null partition. Default: all files. */
  readonly where?: Readonly<Record<string, string | null>>
  /** `'requester'`: this account pays for the requests, and later for reading. */
  readonly requestPayer?: 'requester'
  /** The account that must own the bucket, 12 digits. */
  readonly expectedBucketOwner?: string
}

/** A listed file: its rows are not known. */
export interface ListedFile extends Omit<DatasetFile, 'rows'> {
  readonly rows?: number
  readonly requestPayer?: 'requester'
  readonly expectedBucketOwner?: string
}

/**
 * List the files of a dataset in S3.
 *
 * With `where`, folders of other partitions are not listed. Below the prefix, these are skipped: names that begin with
 * `.`, or with `_` unless they are a partition, and keys that end in a slash. A file without a partition of `where` is
 * omitted.
 *
 * @param client - an `S3Client` of `@aws-sdk/client-s3`.
 * @param location - see {@link DatasetLocation}.
 * @returns the files, one by one: each is a location for `s3Source`, and all of them an input for `readDataset`. One
 * request per 1,000 keys; with `where`, one for each folder above the selected partitions.
 * @throws MillraceError `SOURCE_UNAVAILABLE` if the bucket cannot be listed; `OPTION_INVALID` and `TYPE_MISMATCH` for arguments of a wrong kind.
 * @example no-run needs a bucket
 * for await (const { key, bytes } of listDataset(client, { bucket: 'lake', prefix: 'processed/orders', where: { dt: '2026-01-05' } })) console.log(key, bytes)
 */
export function listDataset(client: Pick<S3Client, 'send'>, location: DatasetLocation): AsyncIterable<ListedFile> {
  checkArgument('listDataset', 'client', client, 'client', CURE)
  checkFields('listDataset', 'location', location, LOCATION, CURE)
  checkNearNames(
    'listDataset',
    location,
    Object.keys(LOCATION).map((name) => name.replace('!', '')),
  )
  const where = new Map(Object.entries(location.where ?? {}).filter(([, value]) => value !== undefined))
  for (const [column, value] of where) {
    if (value === null || typeof value === 'string') continue
    const rule = 'listDataset: a value of where must be a string, as in the path, or null'
    throw new MillraceError('OPTION_INVALID', rule, { position: { column } })
  }
  return listed(client, location, prefixOf('listDataset', location.prefix), where)
}

const CURE = "write listDataset(client, { bucket: 'lake', prefix: 'processed/orders' })"
const LOCATION = {
  'bucket!': 'text',
  'prefix!': 'string',
  where: 'object',
  requestPayer: 'string',
  expectedBucketOwner: 'string',
} as const

type Values = ReadonlyMap<string, string | null>

async function* listed(
  client: Pick<S3Client, 'send'>,
  location: DatasetLocation,
  root: string,
  where: Values,
): AsyncGenerator<ListedFile> {
  const { bucket, requestPayer, expectedBucketOwner } = location
  const further = {
    ...(requestPayer !== undefined && { requestPayer }),
    ...(expectedBucketOwner !== undefined && { expectedBucketOwner }),
  }
  const toFile = ({ key, bytes, eTag }: ListedObject): ListedFile[] => {
    const folders = key.slice(root.length).split('/')
    const name = folders.pop() ?? ''
    if (isHiddenFile(name) || folders.some(isHiddenFolder)) return []
    const partition = folders.flatMap(parseHiveSegment)
    if (!matches(where, partition)) return []
    const file = { bucket, key, partition: Object.fromEntries(partition), bytes, ...further }
    return [eTag === undefined ? file : { ...file, eTag }]
  }
  const waiting: { readonly prefix: string; readonly left: Values }[] = [{ prefix: root, left: where }]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const { prefix, left } = folder
    const found: typeof waiting = []
    for await (const page of listPages(client, { bucket, prefix, isFlat: left.size > 0, ...further })) {
      for (const object of page.objects) yield* toFile(object)
      for (const below of page.folders) {
        const next = leftBelow(below.slice(prefix.length, -1), left)
        if (next !== undefined) found.push({ prefix: below, left: next })
      }
    }
    waiting.push(...found.reverse())
  }
}

function matches(where: Values, partition: readonly (readonly [string, string | null])[]): boolean {
  const values = new Map(partition)
  for (const [name, value] of where) if (!values.has(name) || values.get(name) !== value) return false
  return true
}

/** Remaining conditions below a folder; undefined if no file can match. */
function leftBelow(segment: string, left: Values): Values | undefined {
  if (isHiddenFolder(segment)) return undefined
  const [pair] = parseHiveSegment(segment)
  if (pair === undefined || !left.has(pair[0])) return left
  if (left.get(pair[0]) !== pair[1]) return undefined
  const rest = new Map(left)
  rest.delete(pair[0])
  return rest
}
