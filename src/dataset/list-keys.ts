import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3'
import { MillraceError } from '../errors.ts'
import { sourceUnavailable } from '../s3/s3-error.ts'

export interface ListedObject {
  readonly key: string
  readonly bytes: number
  readonly eTag: string | undefined
}

/** A page of a listing: objects, and folders that contain more. */
export interface ListedPage {
  readonly objects: readonly ListedObject[]
  readonly folders: readonly string[]
}

export interface ListRequest {
  readonly bucket: string
  readonly prefix: string
  /** List only the folder itself, and the folders in it. */
  readonly isFlat: boolean
  readonly requestPayer?: 'requester' | undefined
  readonly expectedBucketOwner?: string | undefined
}

const LISTING = { failed: 'the bucket cannot be listed', action: 's3:ListBucket' }
const UNFINISHED = 'the bucket cannot be listed: a page is truncated, and does not say where the next one begins'
const BADLY_ENCODED =
  'the bucket cannot be listed: the server says that keys are URL-encoded, and one of them is not; a proxy may have decoded it'

/**
 * Read the pages of a listing. Keys are escaped if the server supports it, since XML cannot represent all characters.
 *
 * @throws MillraceError `SOURCE_UNAVAILABLE`.
 */
export async function* listPages(client: Pick<S3Client, 'send'>, request: ListRequest): AsyncGenerator<ListedPage> {
  const { bucket, prefix, isFlat, requestPayer, expectedBucketOwner } = request
  let token: string | undefined
  do {
    const page: ListObjectsV2CommandOutput = await client
      .send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          EncodingType: 'url',
          ...(isFlat && { Delimiter: '/' }),
          ...(requestPayer !== undefined && { RequestPayer: requestPayer }),
          ...(expectedBucketOwner !== undefined && { ExpectedBucketOwner: expectedBucketOwner }),
          ...(token !== undefined && { ContinuationToken: token }),
        }),
      )
      .catch((error: unknown) => {
        throw sourceUnavailable(error, LISTING)
      })
    const decode = page.EncodingType === 'url' ? decoded : (key: string) => key
    yield {
      objects: (page.Contents ?? []).map(({ Key = '', Size = 0, ETag }) => ({
        key: decode(Key),
        bytes: Size,
        eTag: ETag,
      })),
      folders: (page.CommonPrefixes ?? []).map(({ Prefix = '' }) => decode(Prefix)),
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined
    if (page.IsTruncated === true && token === undefined) throw new MillraceError('SOURCE_UNAVAILABLE', UNFINISHED)
  } while (token !== undefined)
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch (cause) {
    throw new MillraceError('SOURCE_UNAVAILABLE', BADLY_ENCODED, { cause })
  }
}

/** Test whether readers of datasets skip a file of this name. */
export function isHiddenFile(name: string): boolean {
  return name === '' || name.startsWith('.') || name.startsWith('_')
}

/** Test whether readers skip a folder: a partition's name may begin with `_`. */
export function isHiddenFolder(name: string): boolean {
  return name.startsWith('.') || (name.startsWith('_') && !name.includes('='))
}
