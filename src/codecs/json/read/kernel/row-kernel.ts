import {
  CHILDREN,
  CHILDREN_END,
  DEFERRED,
  DEFERRED_COLUMN,
  DEFERRED_END,
  DEFERRED_ROW,
  DEFERRED_SLOT,
  DEFERRED_START,
  FIRST,
  ITEM_BYTES,
  KEY,
  KEY_LENGTH,
  KIND,
  NEXT,
  RECORD,
  STRUCT,
} from '../../../../../kernels/json-rows/record.ts'
import { type KernelMemory, kernelMaker } from '../../../../internal/kernel.ts'
import { JSON_ROWS } from '../../../../internal/kernels/json-rows.ts'
import { CALL_BYTES } from '../../../text/kernel-limits.ts'
import type { Cursor } from '../rows/cursor.ts'
import { QUOTE } from '../rows/grammar.ts'
import { passRows, type RowWindow } from '../rows/row-window.ts'
import type { CallTarget, RowRoom } from './call-target.ts'

/** Most columns of the kernel: with more, each occurs in few rows, and their regions take too much memory. */
const MAX_COLUMNS = 512
const MAX_KEY_BYTES = 1024
/** Least bytes that a call reads after calls that stopped early. */
const MIN_SPAN = 4 * 1024
/** Rows have more bytes than these on average, so that enough rows fit. */
const ROW_BYTES = 32
/** Items of a list with space per row. */
const ROW_ITEMS = 4
/** Zeros after the text. */
const PADDING = 64
/** Values that a call may defer. */
const DEFERRED_ROOM = 8192
/** A call that reads fewer bytes does not pay off. */
const SHORT_CALL = 1024
/** Most rows that are read one by one after calls that did not pay off. */
const MAX_SINGLE_ROWS = 256

interface JsonRows {
  prepare(
    records: number,
    width: number,
    deferred: number,
    deferredRoom: number,
    itemRoom: number,
    maxDepth: number,
  ): void
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
  readonly deferredCount: { readonly value: number }
}

/** The record of a column: its offset in the kernel's memory. */
export type ColumnRecord = number

export interface RowKernel {
  readonly memory: KernelMemory
  /** Most rows that a call reads, and most items of a list. */
  readonly maxRows: number
  readonly maxItems: number
  /** The record of the row itself. */
  readonly root: ColumnRecord
  /**
   * Add a column. Fields of one object are added consecutively.
   *
   * @param kind - a kind of value: see `kernels/json-rows/record.ts`.
   * @param itemBytes - bytes of memory that an item of a list occupies.
   * @returns its record; undefined if there are too many.
   */
  addColumn(parent: ColumnRecord, kind: number, key: Uint8Array, itemBytes?: number): ColumnRecord | undefined
  /**
   * Read the rows of one call from `window.at` on, and move past them.
   *
   * @returns their number, or {@link WAIT}.
   */
  readRows(window: RowWindow, target: CallTarget): number
  /** Release the kernel for other runs, after the last row. */
  leave(): void
}

/** Result instead of a number of rows: there is hardly a complete row, and more bytes will come. */
export const WAIT = -1

const newKernel = kernelMaker<JsonRows>(JSON_ROWS)

/**
 * Reads rows with the kernel `json-rows`, in calls of a bounded size. It stops before the first unusual row, and passes
 * values that the kernel cannot read to the target; the row-by-row reader reads that row, or the one whose value did
 * not fit.
 *
 * @param maxSpan - most bytes of text that a call reads.
 * @param maxDepth - see `CodecLimits`.
 */
export function rowKernel(maxSpan: number, maxDepth: number): RowKernel {
  const { exports, memory, leave } = newKernel()
  const maxRows = Math.ceil(maxSpan / ROW_BYTES)
  const maxItems = maxRows * ROW_ITEMS
  const input = memory.reserve(maxSpan + PADDING)
  const root = memory.reserve((MAX_COLUMNS + 1) * RECORD)
  const deferred = memory.reserve(DEFERRED_ROOM * DEFERRED)
  setWord(memory, root, KIND, STRUCT)
  let columns = 1
  exports.prepare(root, columns, deferred, DEFERRED_ROOM, maxItems, maxDepth)
  /** Bytes to read in the next call: about what the last one read, so that few bytes are copied in vain. */
  let span = maxSpan
  /** Rows to read one by one before the next call, and their number after the next short call. */
  let singleRows = 0
  let nextSingleRows = 1
  /** The approximate length of a row. */
  let rowBytes = 0

  /** Read the deferred values. @returns the number of rows before the first that does not fit, or for which there is no space. */
  function readDeferred(target: CallTarget, cursor: Cursor, rows: number, shift: number): number {
    const { line } = cursor
    let sound = rows
    const end = deferred + exports.deferredCount.value * DEFERRED
    for (let entry = deferred; entry < end; entry += DEFERRED) {
      const row = wordAt(memory, entry, DEFERRED_ROW)
      if (row >= sound) break
      const column = wordAt(memory, entry, DEFERRED_COLUMN)
      const start = wordAt(memory, entry, DEFERRED_START) + shift
      const after = target.readDeferred(cursor, column, wordAt(memory, entry, DEFERRED_SLOT), start)
      if (after !== wordAt(memory, entry, DEFERRED_END) + shift) sound = row
      else sound = Math.min(sound, Math.max(row + 1, roomRows(target.room())))
    }
    cursor.line = line
    return target.completeRows(sound)
  }

  function call({ cursor, at, stage }: RowWindow, target: CallTarget): number {
    const length = Math.min(span, cursor.end - at)
    memory.bytes.set(cursor.bytes.subarray(at, at + length), input)
    memory.bytes.fill(0, input + length, input + length + PADDING)
    const room = target.room()
    for (let limit = Math.min(maxRows, room.rows); ; ) {
      target.prepare()
      const rows = exports.takeRows(input, stage !== 'objects', limit, room.bytes, room.memory, room.rowMemory)
      target.append(rows, exports.rowsBytes.value)
      const sound = readDeferred(target, cursor, rows, at - input)
      if (sound === rows) return rows
      target.undo()
      limit = sound
    }
  }

  /** Adapt to the size of the last call. */
  function adapt(rows: number, bytes: number): void {
    span = Math.min(maxSpan, 2 * bytes < span ? Math.max(MIN_SPAN, 2 * bytes) : 2 * span)
    if (bytes < SHORT_CALL) {
      singleRows = nextSingleRows
      nextSingleRows = Math.min(2 * nextSingleRows, MAX_SINGLE_ROWS)
      rowBytes = 0
    } else {
      nextSingleRows = 1
      rowBytes = bytes / rows
    }
  }

  return {
    memory,
    maxRows,
    maxItems,
    root,
    addColumn(parent, kind, key, itemBytes = 0) {
      if (columns > MAX_COLUMNS || key.length >= MAX_KEY_BYTES) return undefined
      const at = memory.reserve((key.length + 16) & ~15)
      memory.bytes[at] = QUOTE
      memory.bytes.set(key, at + 1)
      const record = root + columns * RECORD
      setWord(memory, record, KIND, kind)
      setWord(memory, record, KEY, at)
      setWord(memory, record, KEY_LENGTH, key.length + 1)
      new DataView(memory.words.buffer).setFloat64(record + ITEM_BYTES, itemBytes, true)
      if (wordAt(memory, parent, CHILDREN) === 0) {
        setWord(memory, parent, CHILDREN, record)
        setWord(memory, parent, FIRST, record)
      } else if (wordAt(memory, record - RECORD, NEXT) === 0) setWord(memory, record - RECORD, NEXT, record)
      setWord(memory, parent, CHILDREN_END, record + RECORD)
      columns++
      exports.prepare(root, columns, deferred, DEFERRED_ROOM, maxItems, maxDepth)
      return record
    },
    readRows(window, target) {
      const { cursor, at } = window
      // Possibly invalid UTF-8 is read row by row.
      if (at < window.invalidUtf8Before) return 0
      if (!window.ended && cursor.end - at < 2 * rowBytes) return WAIT
      if (singleRows > 0) {
        singleRows--
        return 0
      }
      const rows = call(window, target)
      const bytes = exports.rowsEnd.value - input
      adapt(rows, bytes)
      if (rows === 0) return 0
      cursor.line += exports.rowsLines.value
      passRows(window, at + bytes, rows)
      target.keep({ rows, bytes: exports.rowsBytes.value, itemBytes: exports.rowsItemBytes.value })
      return rows
    },
    leave,
  }
}

/** A word of a record, addressed by offsets in bytes. */
export function wordAt({ words }: KernelMemory, record: number, offset: number): number {
  return words[(record + offset) >> 2] as number
}

export function setWord({ words }: KernelMemory, record: number, offset: number, value: number): void {
  words[(record + offset) >> 2] = value
}

/** Rows that fit in memory: infinitely many that need none. */
function roomRows({ memory, rowMemory }: RowRoom): number {
  return Math.ceil(memory / rowMemory)
}

/** Bytes of text that a call may read without exceeding a limit of a field or row. */
export function callBytes({ maxFieldBytes, maxRowBytes }: Cursor): number {
  return Math.min(CALL_BYTES, maxFieldBytes, maxRowBytes)
}
