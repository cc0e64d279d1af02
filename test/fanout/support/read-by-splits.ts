import { type RecordBatch, Table } from 'apache-arrow'
import { expect } from 'vitest'
import { type CodecOptions, codecFor } from '../../../src/codecs/codec-for.ts'
import { bytesSource } from '../../../src/codecs/input/source.ts'
import type { InvalidRow } from '../../../src/codecs/invalid-row.ts'
import { rowsFromTable } from '../../../src/columns/rows-from-table.ts'
import { isMillraceError, type MillraceError } from '../../../src/errors.ts'
import type { Split } from '../../../src/fanout/gather/split.ts'
import { verifySplits } from '../../../src/fanout/gather/verify-splits.ts'
import { planSplits } from '../../../src/fanout/plan-splits.ts'
import { readSplit } from '../../../src/fanout/read-split.ts'
import { memoryBucket } from './memory-bucket.ts'

/** A file, how it is divided, and whether its rejected rows are reported or the first one is thrown. */
export interface SplitCase {
  readonly key: string
  readonly bytes: Uint8Array
  readonly codec: CodecOptions
  readonly targetBytes: number
  readonly probeBytes: number
  readonly chunkBytes: number
  readonly reports: boolean
}

/** Rows that were read and those that were rejected, or the error that ended it, with their places in the file. */
export type Outcome =
  | { readonly rows: readonly unknown[]; readonly rejected: readonly InvalidRow[] }
  | {
      readonly code: string
      readonly reason: string
      readonly line: number | undefined
      readonly row: number | undefined
    }

/** The lines, rows and bytes of a file before a split. */
interface Before {
  readonly lines: number
  readonly rows: number
}

export async function rowsOf(batches: AsyncIterable<RecordBatch>): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const batch of batches) rows.push(...rowsFromTable(new Table([batch])))
  return rows
}

/** Read a file as a whole. */
export async function readWhole({ key, bytes, codec, reports }: SplitCase, types: CodecOptions): Promise<Outcome> {
  const rejected: InvalidRow[] = []
  const onInvalidRow = (row: InvalidRow) => rejected.push(row)
  try {
    const reader = codecFor(key, { ...codec, ...types, ...(reports && { onInvalidRow }) })
    return { rows: await rowsOf(reader.read(bytesSource(bytes))), rejected }
  } catch (error) {
    return failed(error, { lines: 0, rows: 0 })
  }
}

/** Read a file by its splits, which pass through JSON: an outcome, and the number of splits. */
export async function readBySplits(
  { key, bytes, codec, targetBytes, probeBytes, chunkBytes, reports }: SplitCase,
  types: CodecOptions,
): Promise<{ outcome: Outcome; splits: number }> {
  const { client } = memoryBucket({ [key]: bytes }, chunkBytes)
  const rows: unknown[] = []
  const rejected: InvalidRow[] = []
  let before: Before = { lines: 0, rows: 0 }
  let splits = 0
  const onInvalidRow = ({ line, row, ...others }: InvalidRow) =>
    rejected.push({ line: line + before.lines, row: row + before.rows, ...others })
  try {
    const plan = await planSplits(client, [{ bucket: 'b', key }], {
      codec: { ...codec, ...types },
      targetBytes,
      probeBytes,
    })
    splits = plan.splits.length
    expectPartsOf(bytes, plan.splits)
    const found = []
    for (const split of plan.splits) {
      const batches = readSplit(client, JSON.parse(JSON.stringify(split)), {
        codec: { ...codec, ...types, ...(reports && { onInvalidRow }) },
      })
      rows.push(...(await rowsOf(batches)))
      found.push(batches.report)
      before = { lines: linesIn(bytes.subarray(0, split.end)), rows: rows.length + rejected.length }
    }
    const sums = verifySplits(plan, found)
    expect(sums).toEqual({ rows: rows.length, refused: rejected.length, bytes: bytes.length })
    return { outcome: { rows, rejected }, splits }
  } catch (error) {
    return { outcome: failed(error, before), splits }
  }
}

/** Splits are the bytes of the file, one after the other; none is empty, or divides a line break. */
function expectPartsOf(bytes: Uint8Array, splits: readonly Split[]): void {
  const ends = splits.map(({ end }) => end)
  expect(splits.map(({ start }) => start)).toEqual([0, ...ends.slice(0, -1)])
  expect(ends.at(-1)).toBe(bytes.length)
  if (splits.length > 1) expect(splits.filter(({ start, end }) => start >= end)).toEqual([])
  expect(ends.filter((at) => bytes[at - 1] === 0x0d && bytes[at] === 0x0a)).toEqual([])
}

function failed(error: unknown, before: Before): Outcome {
  if (!isMillraceError(error)) throw error
  const { code, position: { line, row } = {} } = error
  return {
    code,
    reason: withoutPlace(error),
    line: line && line + before.lines,
    row: row && row + before.rows,
  }
}

function withoutPlace({ message }: MillraceError): string {
  return message.replace(/ \((?:line|row|column|byte|at) [^()]*\)$/, '')
}

/** Line breaks: `\n`, `\r\n`, `\r`. */
function linesIn(bytes: Uint8Array): number {
  return (
    Buffer.from(bytes)
      .toString('latin1')
      .match(/\r\n|\n|\r/g)?.length ?? 0
  )
}
