import { type CompletionOptions, completeUpload } from '../s3/complete-upload.ts'
import { type StagedUpload, UPLOAD_METADATA } from './staged-uploads.ts'

export interface Completions {
  /** ETags of the objects that are visible. */
  readonly visible: ReadonlyMap<StagedUpload, string | undefined>
  /** The reason why others are not; undefined if all are. */
  readonly failure: { readonly cause: unknown } | undefined
}

/**
 * Complete the objects from their parts: the first one alone, so that an error common to all occurs before anything is
 * visible, then the others concurrently. After a permanent failure no further one is started.
 */
export async function completeUploads(
  uploads: readonly StagedUpload[],
  { concurrency, ...options }: CompletionOptions & { readonly concurrency: number },
): Promise<Completions> {
  const visible = new Map<StagedUpload, string | undefined>()
  let failure: { readonly cause: unknown } | undefined
  let next = 0
  const completeNext = async (): Promise<void> => {
    const upload = uploads[next++]
    if (upload === undefined) return
    try {
      const isOwn: CompletionOptions['isOwn'] = ({ Metadata }) => Metadata?.[UPLOAD_METADATA] === upload.token
      visible.set(upload, await completeUpload(upload, { ...options, isOwn }))
    } catch (cause) {
      failure ??= { cause }
    }
  }
  await completeNext()
  const work = async (): Promise<void> => {
    while (next < uploads.length && failure === undefined) await completeNext()
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return { visible, failure }
}
