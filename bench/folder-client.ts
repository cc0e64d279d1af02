import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { S3Client } from '@aws-sdk/client-s3'

interface Input {
  readonly Key: string
  readonly UploadId?: string
  readonly PartNumber?: number
  readonly Body?: Uint8Array
}

/** Multipart uploads as files of a folder, so that a writer to S3 can stand beside one to disk. */
export function folderClient(folder: string): S3Client {
  const uploads = new Map<string, Uint8Array[]>()
  const answer = (name: string, { Key, UploadId = '', PartNumber = 1, Body = new Uint8Array() }: Input): object => {
    const parts = uploads.get(UploadId) ?? []
    switch (name) {
      case 'CreateMultipartUploadCommand':
        uploads.set(Key, [])
        return { UploadId: Key }
      case 'UploadPartCommand':
        parts[PartNumber - 1] = Body
        return { ETag: String(PartNumber) }
      case 'CompleteMultipartUploadCommand':
        mkdirSync(dirname(join(folder, Key)), { recursive: true })
        for (const part of parts) appendFileSync(join(folder, Key), part)
        uploads.delete(UploadId)
        return { ETag: 'whole' }
    }
    throw new Error(`${name} is not answered`)
  }
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: Input }) =>
    answer(command.constructor.name, command.input)
  return { config: {}, send } as unknown as S3Client
}
