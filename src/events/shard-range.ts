import { setTimeout as wait } from 'node:timers/promises'
import { MillraceError } from '../errors.ts'

/** Records of a shard between two sequence numbers, both included. */
export interface ShardRange {
  readonly shardId: string
  readonly start: bigint
  readonly end: bigint
  /** The number of records that Lambda counted; the range has more if some were filtered out. */
  readonly expected: number | undefined
}

/** The position to begin reading: at a record, after it, or at the oldest record of the shard. */
export type ShardStart = { readonly at: bigint } | { readonly after: bigint } | 'oldest'

export interface ShardPage<R> {
  readonly records: readonly { readonly sequenceNumber: bigint; readonly record: R }[]
  /** Undefined at the end of a closed shard. */
  readonly next: string | undefined
  /** True if the shard has no more records at this moment. */
  readonly isAtTip: boolean
}

/** A shard of a stream, read page by page. */
export interface Shard<R> {
  readonly maxPage: number
  readonly iterator: (start: ShardStart) => Promise<string | undefined>
  readonly page: (iterator: string, limit: number) => Promise<ShardPage<R>>
}

export interface ShardLimits {
  readonly maxRecords: number
  readonly pauseMs: number
  readonly signal: AbortSignal | undefined
}

/** Most consecutive empty pages, which DynamoDB may return before further records, and most consecutive expired iterators. */
const MAX_EMPTY_PAGES = 50
const MAX_RESTARTS = 3
const MIN_PAGE = 10

interface Progress<R> {
  readonly found: R[]
  first: bigint | undefined
  last: bigint | undefined
  isOver: boolean
}

export interface FoundRange<R> {
  readonly records: readonly R[]
  /** True if the first and the last record of the range were found: no record between two others can be missing. */
  readonly isComplete: boolean
}

/** Read the part of a range that the shard still has, page by page, until the last record of the range or the end of the shard. */
export async function readRange<R>(shard: Shard<R>, range: ShardRange, limits: ShardLimits): Promise<FoundRange<R>> {
  const progress: Progress<R> = { found: [], first: undefined, last: undefined, isOver: false }
  let start: ShardStart = { at: range.start }
  for (let restarts = 0; !progress.isOver; restarts++) {
    const before = progress.last
    try {
      await readPages(shard, start, { range, limits, progress })
    } catch (error) {
      if (progress.last !== before) restarts = 0
      const isTrimmed = nameOf(error) === 'TrimmedDataAccessException'
      const isRestartable = isTrimmed || nameOf(error) === 'ExpiredIteratorException'
      if (!isRestartable || restarts === MAX_RESTARTS) throw unavailable(error, range, limits)
      if (isTrimmed) start = 'oldest'
      else if (progress.last !== undefined) start = { after: progress.last }
    }
  }
  return { records: progress.found, isComplete: progress.first === range.start && progress.last === range.end }
}

interface Reading<R> {
  readonly range: ShardRange
  readonly limits: ShardLimits
  readonly progress: Progress<R>
}

async function readPages<R>(shard: Shard<R>, start: ShardStart, reading: Reading<R>): Promise<void> {
  const { range, limits, progress } = reading
  limits.signal?.throwIfAborted()
  let iterator = await shard.iterator(start)
  for (let empty = 0; iterator !== undefined && empty < MAX_EMPTY_PAGES; ) {
    limits.signal?.throwIfAborted()
    const missing = (range.expected ?? shard.maxPage) - progress.found.length
    const page: ShardPage<R> = await shard.page(iterator, Math.min(shard.maxPage, Math.max(missing, MIN_PAGE)))
    for (const each of page.records) take(each, reading)
    if (progress.isOver || (page.isAtTip && page.records.length === 0)) break
    iterator = page.next
    empty = page.records.length === 0 ? empty + 1 : 0
    // A shard allows five reads per second, and Lambda keeps reading it.
    if (iterator !== undefined && limits.pauseMs > 0) await wait(limits.pauseMs, undefined, { signal: limits.signal })
  }
  progress.isOver = true
}

function take<R>(
  { sequenceNumber, record }: ShardPage<R>['records'][number],
  { range, limits, progress }: Reading<R>,
): void {
  if (progress.isOver || sequenceNumber < range.start || sequenceNumber <= (progress.last ?? -1n)) return
  progress.isOver = sequenceNumber >= range.end
  if (sequenceNumber > range.end) return
  if (progress.found.length === limits.maxRecords) {
    throw new MillraceError(
      'LIMIT_EXCEEDED',
      `the batch has more than ${limits.maxRecords} records (option maxRecords)`,
    )
  }
  progress.found.push(record)
  progress.first ??= sequenceNumber
  progress.last = sequenceNumber
}

/** Convert an error of the stream; a limit and an abort are thrown unchanged. */
function unavailable(cause: unknown, { shardId }: ShardRange, { signal }: ShardLimits): unknown {
  if (signal?.aborted) return signal.reason
  if (cause instanceof MillraceError) return cause
  return new MillraceError('SOURCE_UNAVAILABLE', `the shard ${shardId} cannot be read: see the cause`, { cause })
}

function nameOf(error: unknown): unknown {
  return error instanceof Error ? error.name : undefined
}
