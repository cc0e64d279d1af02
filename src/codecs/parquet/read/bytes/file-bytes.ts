import { isMillraceError, MillraceError } from '../../../../errors.ts'
import type { FileSource } from './parts-source.ts'

/** Bytes of a file by range, from memory if already read. */
export interface FileBytes {
  readonly size: number
  /** `[start, end)`, which is inside the file. */
  read(start: number, end: number): Promise<Uint8Array>
}

export function fileBytes(source: FileSource, size: number): FileBytes {
  return {
    size,
    async read(start, end) {
      const bytes = await source.read(start, end).catch(unavailable)
      if (bytes.length !== end - start)
        throw new MillraceError('SOURCE_CHANGED', 'the file became shorter while it was read')
      return bytes
    },
  }
}

/** Serve ranges inside `bytes`, which begin at `at` of the file, without reading them again. */
export function withKnownBytes(file: FileBytes, at: number, bytes: Uint8Array): FileBytes {
  return {
    size: file.size,
    async read(start, end) {
      if (start >= at && end <= at + bytes.length) return bytes.subarray(start - at, end - at)
      return file.read(start, end)
    },
  }
}

export function unavailable(cause: unknown): never {
  if (isMillraceError(cause)) throw cause
  throw new MillraceError('SOURCE_UNAVAILABLE', 'the source of the file cannot be read', { cause })
}

export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Ranges closer together than this are read as one: a request costs more than the bytes between them. */
const MAX_GAP = 128 * 1024

/** Read ranges of a file, adjacent ones in one request; the result is in the order of the ranges. */
export async function readRanges(file: FileBytes, ranges: readonly ByteRange[]): Promise<Uint8Array[]> {
  const sorted = ranges.map((_, index) => index).sort((a, b) => startOf(ranges, a) - startOf(ranges, b))
  const runs: { start: number; end: number; members: number[] }[] = []
  for (const index of sorted) {
    const { start, end } = ranges[index] as ByteRange
    const run = runs.at(-1)
    if (run === undefined || start - run.end > MAX_GAP) runs.push({ start, end, members: [index] })
    else {
      run.end = Math.max(run.end, end)
      run.members.push(index)
    }
  }
  const out = new Array<Uint8Array>(ranges.length)
  await Promise.all(
    runs.map(async ({ start, end, members }) => {
      const bytes = await file.read(start, end)
      for (const index of members) {
        const range = ranges[index] as ByteRange
        out[index] = bytes.subarray(range.start - start, range.end - start)
      }
    }),
  )
  return out
}

function startOf(ranges: readonly ByteRange[], index: number): number {
  return ranges[index]?.start ?? 0
}
