import { type CompletedPart, UploadPartCommand, UploadPartCopyCommand } from '@aws-sdk/client-s3'
import { isMillraceError, MillraceError } from '../../errors.ts'
import { channels, type SinkMessage } from '../../internal/channels.ts'
import { httpStatusOf, nameOf } from '../../internal/service-error.ts'
import { traceAsync } from '../../internal/trace.ts'
import { allocate } from '../../s3/allocate.ts'
import { customerKeyFields } from '../../s3/customer-key.ts'
import { type MultipartUpload, type PartPlace, startMultipartUpload } from '../../s3/multipart-upload.ts'
import { headersOf, placeOf, type S3Target } from '../../s3/object-headers.ts'
import { defaultChecksum, type SinkClient } from '../../s3/request-body.ts'
import { writeError } from '../../s3/s3-error.ts'
import { s3Sink } from '../../s3/s3-sink.ts'
import { type S3Location, s3Source } from '../../s3/s3-source.ts'
import { lengthOf, type Part, type Piece } from './plan.ts'
import { type MergeRun, mapConcurrently, mergeRun } from './run.ts'
import type { MergeSource } from './source.ts'
import { inSource, sourceError } from './source-error.ts'

/** Concurrent parts. Copies are the server's work; sent parts hold their bytes. */
const PARTS_AT_ONCE = 16
const SENT_AT_ONCE = 4
/** Pieces of one part that are read concurrently. */
const READS_AT_ONCE = 8

/** Write the parts as one object: with one put if there is one part, otherwise with a multipart upload, which is removed on any failure. */
export async function uploadParts(
  client: SinkClient,
  target: S3Target,
  sources: readonly MergeSource[],
  parts: readonly Part[],
  run: MergeRun,
): Promise<string | undefined> {
  const [only, ...others] = parts
  if (others.length === 0 && only?.kind === 'send') {
    const bytes = await bytesOf(only.pieces, only.length, sources)
    return (await s3Sink(client, target, { singlePutLimit: bytes.length })([bytes], { signal: run.signal })).eTag
  }
  return traceAsync(
    channels.sink,
    () => ({ bytes: 0, parts: 0 }),
    (message) => uploadEach(client, target, sources, parts, run, message),
  )
}

async function uploadEach(
  client: SinkClient,
  target: S3Target,
  sources: readonly MergeSource[],
  parts: readonly Part[],
  run: MergeRun,
  message: SinkMessage | undefined,
): Promise<string | undefined> {
  const failure = new AbortController()
  const signal = AbortSignal.any([run.signal, failure.signal])
  const headers = await headersOf(target, false)
  const upload = await startMultipartUpload(client, placeOf('mergeParquet', target, ''), headers, {
    ifNoneMatch: target.ifNoneMatch,
    partBytes: 0,
    concurrency: PARTS_AT_ONCE,
    signal,
    onFailure: (error) => failure.abort(isMillraceError(error) ? error : writeError(error, target.ifNoneMatch)),
  })
  try {
    return await sendParts(client, upload, sources, parts, signal)
  } catch (error) {
    failure.abort(error)
    await upload.abandon()
    throw error
  } finally {
    if (message !== undefined) {
      message.parts = upload.parts()
      message.bytes = parts.slice(0, message.parts).reduce((sum, part) => sum + bytesIn(part), 0)
    }
  }
}

function bytesIn(part: Part): number {
  return part.kind === 'copy' ? part.end - part.start : part.length
}

async function sendParts(
  client: SinkClient,
  upload: MultipartUpload,
  sources: readonly MergeSource[],
  parts: readonly Part[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const { unlessAborted } = mergeRun(signal)
  const algorithm = await defaultChecksum(client)
  const checksum = algorithm === undefined ? {} : { ChecksumAlgorithm: algorithm }
  const sending = new Set<Promise<void>>()
  const left = copiesOf(parts)

  const sendPart = async (place: PartPlace, { pieces, length }: SentPart): Promise<CompletedPart> => {
    const Body = await unlessAborted(bytesOf(pieces, length, sources))
    return client.send(new UploadPartCommand({ ...place, ...checksum, Body }), { abortSignal: signal })
  }

  for (const part of parts) {
    if (part.kind === 'copy') {
      const source = sources[part.source] as MergeSource
      await upload.part(async (place) => {
        const copied = await copyPart(client, place, source, part, signal)
        const others = (left.get(part.source) ?? 0) - 1
        left.set(part.source, others)
        if (others === 0) await unlessAborted(checkUnchanged(client, source))
        return copied
      })
      continue
    }
    while (sending.size >= SENT_AT_ONCE) await Promise.race(sending)
    await upload.part((place) => {
      const sent = sendPart(place, part)
      const settled: Promise<void> = sent.then(noop, noop).finally(() => sending.delete(settled))
      sending.add(settled)
      return sent
    })
  }
  return upload.complete()
}

/** Number of parts copied from each source. */
function copiesOf(parts: readonly Part[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const part of parts) if (part.kind === 'copy') counts.set(part.source, (counts.get(part.source) ?? 0) + 1)
  return counts
}

/** Check again that the source is unchanged, after its last copy: not every server respects the condition of a copy. */
async function checkUnchanged(client: SinkClient, { index, location, eTag }: MergeSource): Promise<void> {
  try {
    await s3Source(client, { ...location, eTag }).length()
  } catch (error) {
    throw inSource(index, error)
  }
}

type SentPart = Extract<Part, { kind: 'send' }>

const noop = (): void => {}

/** The bytes of a sent part. */
async function bytesOf(pieces: readonly Piece[], length: number, sources: readonly MergeSource[]): Promise<Uint8Array> {
  const bytes = allocate(length, 'a part', 'merge fewer sources at a time')
  let next = 0
  const starts = pieces.map((piece) => {
    const start = next
    next += lengthOf(piece)
    return start
  })
  await mapConcurrently(pieces, READS_AT_ONCE, async (piece, index) => {
    const read = 'bytes' in piece ? piece.bytes : await readPiece(sources[piece.source] as MergeSource, piece)
    bytes.set(read, starts[index])
  })
  return bytes
}

async function readPiece({ file, index }: MergeSource, { start, end }: { start: number; end: number }) {
  try {
    return await file.read(start, end)
  } catch (error) {
    throw inSource(index, error)
  }
}

async function copyPart(
  client: SinkClient,
  place: PartPlace,
  { index, location, eTag }: MergeSource,
  { start, end }: { readonly start: number; readonly end: number },
  signal: AbortSignal,
): Promise<CompletedPart> {
  const command = new UploadPartCopyCommand({
    ...place,
    ...copySource(location),
    CopySourceIfMatch: `"${eTag}"`,
    CopySourceRange: `bytes=${start}-${end - 1}`,
  })
  const { CopyPartResult } = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
    throw copyError(index, error)
  })
  // S3 responds before it has copied, and may then report a failure in the body.
  if (CopyPartResult?.ETag === undefined) {
    throw new MillraceError('WRITE_FAILED', 'mergeParquet: S3 did not confirm the copy of a part')
  }
  return CopyPartResult
}

function copySource({ bucket, key, versionId, requestPayer, expectedBucketOwner, sseCustomerKey }: S3Location) {
  const encoded = key.split('/').map(encodeURIComponent).join('/')
  // An access point is named by its ARN, and its objects under it.
  const path = bucket.startsWith('arn:') ? `${bucket}/object/${encoded}` : `${bucket}/${encoded}`
  const version = versionId === undefined ? '' : `?versionId=${encodeURIComponent(versionId)}`
  const key_ = sseCustomerKey === undefined ? undefined : customerKeyFields(sseCustomerKey)
  return {
    CopySource: `${path}${version}`,
    ...(requestPayer !== undefined && { RequestPayer: requestPayer }),
    ...(expectedBucketOwner !== undefined && { ExpectedSourceBucketOwner: expectedBucketOwner }),
    ...(key_ !== undefined && {
      CopySourceSSECustomerAlgorithm: key_.SSECustomerAlgorithm,
      CopySourceSSECustomerKey: key_.SSECustomerKey,
    }),
  }
}

function copyError(index: number, error: unknown): unknown {
  const isGone = httpStatusOf(error) === 404 && ['NoSuchKey', 'NoSuchVersion'].includes(nameOf(error))
  if (httpStatusOf(error) !== 412 && !isGone) return error
  const rule = `the object changed while it was merged: ${isGone ? 'it was removed' : 'it was replaced'}; merge again`
  return sourceError(index, 'SOURCE_CHANGED', rule, { cause: error })
}
