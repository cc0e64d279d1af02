import { type KernelMemory, kernelMaker } from '../../../../internal/kernel.ts'
import { JSON_ROWS } from '../../../../internal/kernels/json-rows.ts'
import type { Cursor } from '../rows/cursor.ts'
import { QUOTE } from '../rows/grammar.ts'
import type { RowWalk } from '../rows/row-window.ts'

/** How the kernel `json-rows` takes the values of a column; `other` ones are left to TypeScript. */
export const TAKE = {
  text: 0,
  int64: 1,
  float64: 2,
  bool: 3,
  date: 4,
  milliseconds: 5,
  microseconds: 6,
  nanoseconds: 7,
  other: 8,
  nothing: 9,
  survey: 10,
  struct: 11,
  list: 12,
} as const

export type TakeAs = (typeof TAKE)[keyof typeof TAKE]

// The record of a column, in words: see `kernels/json-rows.ts`.
const KIND = 0
const KEY = 1
const KEY_LENGTH = 2
const NEXT = 3
export const LAST = 4
export const VALUES = 5
export const VALIDITY = 6
export const TEXT_BYTES = 7
export const USED = 8
export const BEFORE = 9
export const SEEN = 11
export const BIT = 14
const CHILDREN = 15
const CHILDREN_END = 16
const FIRST = 17
const ITEM_BYTES = 18
const RECORD_WORDS = 20

/** Columns more than these are few rows' own, and their regions would not be small. */
const MAX_COLUMNS = 512
const MAX_KEY_BYTES = 1024
/** Bytes of text that a run reads, where it did not stop early before. */
const MAX_SPAN = 128 * 1024
const MIN_SPAN = 4 * 1024
/** Rows take more bytes than these on the average, so that rows enough fit. */
const ROW_BYTES = 32
/** Items of a list that fit for each row. */
const ROW_ITEMS = 4
/** Zeros that follow the text. */
const PADDING = 64
/** Values that a run may leave, and words of each: row, column, slot, start, end. */
const LEFT_ROOM = 8192
const LEFT_WORDS = 5
/** Below both, a kernel is not worth its making. */
const FEW_ROWS = 64
const FEW_BYTES = 8192
/** Runs of fewer bytes are not worth their call. */
const SHORT_RUN = 1024
const MAX_REST = 256

interface JsonRows {
  prepare(records: number, width: number, left: number, leftRoom: number, itemRoom: number, maxDepth: number): void
  takeRows(
    at: number,
    isArray: boolean,
    maxRows: number,
    maxBytes: number,
    maxMemory: number,
    rowMemory: number,
  ): number
  readonly rowsEnd: { readonly value: number }
  readonly rowsLines: { readonly value: number }
  readonly rowsBytes: { readonly value: number }
  readonly rowsItemBytes: { readonly value: number }
  readonly leftCount: { readonly value: number }
}

/** Room for rows in a batch, or in what is surveyed. */
export interface RunRoom {
  readonly rows: number
  /** Bytes of rows after which no more is taken. */
  readonly bytes: number
  /** Bytes of memory after which no more is taken, and how many a row takes whatever it holds. */
  readonly memory: number
  readonly rowMemory: number
}

/** What has been taken. */
export interface TakenRun {
  readonly rows: number
  readonly bytes: number
  /** Bytes of memory that the items of lists take, where the kernel took them. */
  readonly itemBytes: number
}

/** Whoever takes what a run reads. */
export interface RunTarget {
  readonly room: RunRoom
  /** Begin a run. */
  prepare(): void
  /** Copy what the kernel read: rows of so many bytes. */
  append(rows: number, bytes: number): void
  /** Take a value that was left: the offset after it, or -1. */
  takeLeft(cursor: Cursor, column: number, slot: number, at: number): number
  /** How many of so many rows come before one that lacks what it must have. */
  complete(rows: number): number
  /** Take back all of the run. */
  takeBack(): void
  /** The run stays. */
  keep(run: TakenRun): void
}

/** A record of the kernel, by the word at which it begins. */
export type ColumnRecord = number

export interface RowKernel {
  readonly memory: KernelMemory
  /** Rows that a run reads at the most, and items of a list. */
  readonly maxRows: number
  readonly maxItems: number
  /** The record of the row itself. */
  readonly root: ColumnRecord
  /**
   * Add a column. Fields of one object are added without any other in between.
   *
   * @param itemBytes - of a list, bytes of memory that an item takes.
   * @returns its record; undefined where it is one too many.
   */
  addColumn(parent: ColumnRecord, kind: TakeAs, key: Uint8Array, itemBytes?: number): ColumnRecord | undefined
  /**
   * Take as many rows as one run does from the walk's place on, which moves on.
   *
   * @returns their number, or WAIT.
   */
  take(walk: RowWalk, target: RunTarget): number
}

/** Instead of a number of rows: what is there is hardly a whole row, and more will come. */
export const WAIT = -1

const newKernel = kernelMaker<JsonRows>(JSON_ROWS)

/**
 * Reads rows by the kernel `json-rows`, in runs of a bounded size. Stops before the first row that is not like most rows, and a value
 * that needs more than the kernel knows is given to the target; what takes row by row takes that row, or the one whose value did not fit.
 *
 * @param maxSpan - bytes of text that a run reads at the most.
 * @param maxDepth - see `CodecLimits`.
 */
export function rowKernel(maxSpan: number, maxDepth: number): RowKernel {
  const { exports, memory } = newKernel()
  const maxRows = Math.ceil(maxSpan / ROW_BYTES)
  const maxItems = maxRows * ROW_ITEMS
  const input = memory.reserve(maxSpan + PADDING)
  const records = memory.reserve((MAX_COLUMNS + 1) * RECORD_WORDS * 4)
  const left = memory.reserve(LEFT_ROOM * LEFT_WORDS * 4)
  const root = records >> 2
  memory.words[root + KIND] = TAKE.struct
  let width = 1
  /** Bytes to read in the next run: about what the last one took, so that little is copied for nothing. */
  let span = maxSpan
  /** Rows to be left alone before the next run, and how many it will be after the next short one. */
  let rest = 0
  let nextRest = 1
  /** About the length of a row. */
  let rowBytes = 0

  /** How many rows come before one in which a value that was left does not fit, or before there is no more room. */
  function takeLeft(target: RunTarget, cursor: Cursor, rows: number, shift: number): number {
    const { words } = memory
    const { line } = cursor
    let sound = rows
    const end = (left >> 2) + exports.leftCount.value * LEFT_WORDS
    for (let entry = left >> 2; entry < end; entry += LEFT_WORDS) {
      const row = words[entry] as number
      if (row >= sound) break
      const start = (words[entry + 3] as number) + shift
      const after = target.takeLeft(cursor, words[entry + 1] as number, words[entry + 2] as number, start)
      if (after !== (words[entry + 4] as number) + shift) sound = row
      else sound = Math.min(sound, Math.max(row + 1, roomRows(target.room)))
    }
    cursor.line = line
    return target.complete(sound)
  }

  function run(walk: RowWalk, target: RunTarget): number {
    const { cursor, at } = walk
    const isArray = walk.form !== 'lines'
    const length = Math.min(span, cursor.end - at)
    memory.bytes.set(cursor.bytes.subarray(at, at + length), input)
    memory.bytes.fill(0, input + length, input + length + PADDING)
    const { room } = target
    for (let limit = Math.min(maxRows, room.rows); ; ) {
      target.prepare()
      const rows = exports.takeRows(input, isArray, limit, room.bytes, room.memory, room.rowMemory)
      target.append(rows, exports.rowsBytes.value)
      const sound = takeLeft(target, cursor, rows, at - input)
      if (sound === rows) return rows
      target.takeBack()
      limit = sound
    }
  }

  return {
    memory,
    maxRows,
    maxItems,
    root,
    addColumn(parent, kind, key, itemBytes = 0) {
      if (width > MAX_COLUMNS || key.length >= MAX_KEY_BYTES) return undefined
      const at = memory.reserve((key.length + 16) & ~15)
      memory.bytes[at] = QUOTE
      memory.bytes.set(key, at + 1)
      const { words } = memory
      const record = root + width * RECORD_WORDS
      words[record + KIND] = kind
      words[record + KEY] = at
      words[record + KEY_LENGTH] = key.length + 1
      new DataView(words.buffer).setFloat64((record + ITEM_BYTES) * 4, itemBytes, true)
      if (words[parent + CHILDREN] === 0) {
        words[parent + CHILDREN] = record << 2
        words[parent + FIRST] = record << 2
      } else if (words[record - RECORD_WORDS + NEXT] === 0) words[record - RECORD_WORDS + NEXT] = record << 2
      words[parent + CHILDREN_END] = (record + RECORD_WORDS) << 2
      width++
      exports.prepare(records, width, left, LEFT_ROOM, maxItems, maxDepth)
      return record
    },
    take(walk, target) {
      const { cursor, at } = walk
      // Bytes that may not be UTF-8 are looked at row by row.
      if (at < walk.suspectUntil) return 0
      if (!walk.ended && cursor.end - at < 2 * rowBytes) return WAIT
      if (rest > 0) {
        rest--
        return 0
      }
      const rows = run(walk, target)
      const taken = exports.rowsEnd.value - input
      span = Math.min(maxSpan, 2 * taken < span ? Math.max(MIN_SPAN, 2 * taken) : 2 * span)
      if (taken < SHORT_RUN) {
        rest = nextRest
        nextRest = Math.min(2 * nextRest, MAX_REST)
        rowBytes = 0
      } else {
        nextRest = 1
        rowBytes = walk.form === 'array' ? taken / rows : 0
      }
      if (rows === 0) return 0
      target.keep({ rows, bytes: exports.rowsBytes.value, itemBytes: exports.rowsItemBytes.value })
      walk.at += taken
      walk.row += rows
      cursor.line += exports.rowsLines.value
      return rows
    },
  }
}

/** Whether there is so little to read so far that the kernel is better not made. */
export function isLittle({ cursor, at, row }: RowWalk): boolean {
  return row < FEW_ROWS && cursor.end - at < FEW_BYTES
}

/** Rows for which there is memory. */
function roomRows({ memory, rowMemory }: RunRoom): number {
  return rowMemory > 0 ? Math.ceil(memory / rowMemory) : Number.POSITIVE_INFINITY
}

/** Bytes of text that a run may read, so that no limit of a field or row is broken in it. */
export function runBytes({ maxFieldBytes, maxRowBytes }: Cursor): number {
  return Math.min(MAX_SPAN, maxFieldBytes, maxRowBytes)
}
