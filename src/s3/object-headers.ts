import { MillraceError } from '../errors.ts'
import { checkFields } from '../internal/check-arguments.ts'
import { checkNearNames } from '../internal/check-near-names.ts'

/** User metadata of an object: names to values, both US-ASCII, 2 KB in total. */
export type ObjectMetadata = Readonly<Record<string, string>>

/** The target of a write: bucket, key and the headers of the object. */
export interface S3Target {
  readonly bucket: string
  readonly key: string
  readonly contentType?: string
  /** The encoding of the bytes, such as `gzip`: the sink does not encode them. */
  readonly contentEncoding?: string
  /** Cache rules, such as `max-age=3600`. */
  readonly cacheControl?: string
  /**
   * User metadata. A function is called once, when the first request is sent. `complete` is true if all bytes have
   * arrived by then, as with up to `singlePutLimit` bytes; otherwise totals, such as a count of rows, are not known
   * yet.
   */
  readonly metadata?:
    | ObjectMetadata
    | ((state: { readonly complete: boolean }) => ObjectMetadata | Promise<ObjectMetadata>)
  /** `'*'`: write only if no object exists. */
  readonly ifNoneMatch?: '*'
  /** Default: the bucket's encryption. */
  readonly serverSideEncryption?: 'AES256' | 'aws:kms' | 'aws:kms:dsse'
  /** Id, alias or ARN of the KMS key; with `serverSideEncryption: 'aws:kms'`. Default: the account's key for S3. */
  readonly sseKmsKeyId?: string
  /** Use a bucket key, which reduces the requests to KMS and their cost. */
  readonly bucketKeyEnabled?: boolean
  /** Storage class, such as `STANDARD_IA`. Default `STANDARD`. */
  readonly storageClass?: string
  /** Tags, at most 10, by name or as query text: `team=data&kind=orders`. The role needs `s3:PutObjectTagging`. */
  readonly tagging?: Readonly<Record<string, string>> | string
  /** Canned ACL, such as `bucket-owner-full-control`, for buckets with access control lists. */
  readonly acl?: string
  /** The account that must own the bucket, 12 digits; sent with every request, and S3 responds with 403 if another does. */
  readonly expectedBucketOwner?: string
}

/** Bucket and key, sent with every request. */
export interface Place {
  readonly Bucket: string
  readonly Key: string
  readonly ExpectedBucketOwner?: string
}

/** Headers of the request that creates the object. */
export type ObjectHeaders = Readonly<Record<string, string | boolean>> & { readonly Metadata?: Record<string, string> }

const MAX_METADATA_BYTES = 2048
const MAX_TAGS = 10
const NAME = /^[\w!#$%&'*+.^`|~-]+$/
const VALUE = /^(?:[!-~](?:[ -~]*[!-~])?)?$/

/** Fields that are sent as one header each, by their names in the SDK. */
const HEADERS = {
  contentType: 'ContentType',
  contentEncoding: 'ContentEncoding',
  cacheControl: 'CacheControl',
  serverSideEncryption: 'ServerSideEncryption',
  sseKmsKeyId: 'SSEKMSKeyId',
  storageClass: 'StorageClass',
  acl: 'ACL',
} as const

const NAMES = [
  ...['bucket', 'key', 'metadata', 'ifNoneMatch', 'bucketKeyEnabled', 'tagging', 'expectedBucketOwner'],
  ...Object.keys(HEADERS),
] as const

/**
 * The location of a target, which may have further fields of `names`. Fields of a wrong kind are rejected at once,
 * wrong characters when the sink is called.
 */
export function placeOf(entry: string, target: S3Target, cure: string, names: readonly string[] = []): Place {
  checkFields(entry, 'target', target, { 'bucket!': 'text', 'key!': 'text' }, cure)
  checkNearNames(entry, target, [...NAMES, ...names])
  const texts = [...Object.keys(HEADERS), 'expectedBucketOwner'].map((name) => [name, 'string'] as const)
  checkFields(entry, 'target', target, { ...Object.fromEntries(texts), bucketKeyEnabled: 'boolean' })
  const { bucket: Bucket, key: Key, expectedBucketOwner, ifNoneMatch } = target
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw invalid('ifNoneMatch', "must be '*'")
  return { Bucket, Key, ...(expectedBucketOwner !== undefined && { ExpectedBucketOwner: expectedBucketOwner }) }
}

/**
 * Headers of the object, sent with the first request. Checked before anything is sent: S3 and HTTP would reject them
 * late, or change them silently (names are lower-cased, spaces at the ends are trimmed, other characters are mangled).
 */
export async function headersOf(
  target: Omit<S3Target, 'metadata'> & Metadata,
  complete: boolean,
): Promise<ObjectHeaders> {
  const { metadata, bucketKeyEnabled, tagging, expectedBucketOwner } = target
  const headers: Record<string, string | boolean> = {}
  for (const name of Object.keys(HEADERS) as (keyof typeof HEADERS)[]) {
    const value = target[name]
    if (value === undefined) continue
    checkText(name, value)
    headers[HEADERS[name]] = value
  }
  if (expectedBucketOwner !== undefined) checkText('expectedBucketOwner', expectedBucketOwner)
  if (bucketKeyEnabled !== undefined) headers['BucketKeyEnabled'] = bucketKeyEnabled
  if (tagging !== undefined) headers['Tagging'] = tagText(tagging)
  const given = typeof metadata === 'function' ? await metadata({ complete }) : metadata
  if (given === undefined) return headers as ObjectHeaders
  checkMetadata(given)
  return { ...headers, Metadata: { ...given } } as ObjectHeaders
}

interface Metadata {
  readonly metadata?: S3Target['metadata'] | undefined
}

function checkText(name: string, value: string): void {
  if (!VALUE.test(value)) throw invalid(name, 'must be US-ASCII text without spaces at its ends')
}

function tagText(tagging: Readonly<Record<string, string>> | string): string {
  if (typeof tagging === 'string') {
    checkText('tagging', tagging)
    return tagging
  }
  if (!isBag(tagging)) throw invalid('tagging', TAG_RULE)
  const tags = Object.entries(tagging)
  if (tags.some(([, value]) => typeof value !== 'string')) throw invalid('tagging', TAG_RULE)
  if (tags.length > MAX_TAGS) throw invalid('tagging', `S3 takes at most ${MAX_TAGS} tags`)
  try {
    return tags.map((tag) => tag.map(encodeURIComponent).join('=')).join('&')
  } catch {
    throw invalid('tagging', 'must be well-formed Unicode, without lone surrogates')
  }
}

const TAG_RULE = 'must be an object of strings, or query text'

function isBag(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkMetadata(metadata: ObjectMetadata): void {
  if (!isBag(metadata)) throw invalid('metadata', 'must be an object of strings')
  const names = new Set<string>()
  let bytes = 0
  for (const [name, value] of Object.entries(metadata)) {
    const label = `metadata ${JSON.stringify(name.slice(0, 80))}`
    if (!NAME.test(name)) throw invalid(label, 'a name must be a header name: letters, digits, - and _')
    if (names.has(name.toLowerCase())) throw invalid(label, 'another name differs only in case, which S3 does not keep')
    if (typeof value !== 'string') throw invalid(label, 'a value must be a string')
    if (!VALUE.test(value)) {
      throw invalid(label, 'a value must be US-ASCII without spaces at its ends; encode it, for example with encodeURI')
    }
    names.add(name.toLowerCase())
    bytes += name.length + value.length
  }
  if (bytes > MAX_METADATA_BYTES)
    throw invalid('metadata', `names and values must be at most ${MAX_METADATA_BYTES} bytes in total`)
}

function invalid(what: string, rule: string): MillraceError {
  return new MillraceError('OPTION_INVALID', `${what}: ${rule}`)
}
