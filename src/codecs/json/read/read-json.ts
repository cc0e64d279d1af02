import type { Field, RecordBatch, Schema } from 'apache-arrow'
import { recordBatch, schemaOf } from '../../../columns/record-batch.ts'
import { MillraceError } from '../../../errors.ts'
import type { InvalidRow } from '../../invalid-row.ts'
import { type CodecLimits, DEFAULT_LIMITS } from '../../limits.ts'
import { forgetRoom, takeColumn } from './columns/finish-column.ts'
import { ensureSlots, type JsonColumn, rollback, slotBytes } from './columns/json-column.ts'
import { planColumns } from './columns/plan-columns.ts'
import { readObject } from './columns/read-row.ts'
import { type BatchProgress, directRows } from './kernel/kernel-rows.ts'
import { isLittle } from './kernel/kernel-run.ts'
import { directSurvey } from './kernel/kernel-survey.ts'
import { knowsForm, walkRows } from './rows/each-row.ts'
import type { RowTaker } from './rows/one-row.ts'
import { endBytes, goBack, newRowWalk, pushBytes, type RowWalk, setBookmark } from './rows/row-window.ts'
import type { Shape } from './types/json-shape.ts'
import { keepRow, newSurvey, type Survey, surveyRow, undoRow } from './types/survey.ts'

/** What both readers need to know, options resolved. */
export interface ReadPlan {
  readonly pins: ReadonlyMap<string, Field>
  readonly limits: CodecLimits
  readonly onInvalidRow: ((row: InvalidRow) => void) | undefined
  /** Rows to look at before the first batch. */
  readonly inferRows: number
  /** The shape of all rows, where the file has been surveyed whole. */
  readonly shape?: Shape
  /** Whether the rows may be read again with another plan: columns without a value then take none that comes later. */
  readonly mayRetry?: boolean
}

/** A reader to push bytes into and pull batches out of. */
export interface JsonReader {
  push(bytes: Uint8Array): void
  end(): void
  /** The next batch; undefined where more bytes are needed, or none will come. */
  next(): RecordBatch | undefined
  /** Whether it failed for a value that the rows looked at had not announced. */
  readonly foundMisfit: boolean
}

const MAX_BATCH_ROWS = 65_536
const BATCH_BYTES = 4 * 1024 * 1024
/** Bytes of rows to look at, however few rows they are, so that large rows do not fill the memory. */
const MAX_WINDOW_BYTES = 64 * 1024 * 1024

export function jsonReader(plan: ReadPlan): JsonReader {
  const walk = newRowWalk(plan.limits, plan.onInvalidRow)
  walk.mayRetry = plan.mayRetry === true
  const survey = newSurvey(plan.limits.maxColumns ?? DEFAULT_LIMITS.maxColumns)
  const window = surveyTaker(survey, plan.inferRows)
  let build: BatchBuild | undefined
  let isDone = false
  if (plan.shape !== undefined) build = batchBuild(walk, plan, plan.shape, true)

  function look(): boolean {
    if (!knowsForm(walk)) return false
    if (walk.bookmark === undefined) setBookmark(walk)
    const rest = walkRows(walk, window)
    if (rest === 'more') return false
    build = batchBuild(walk, plan, survey.root, rest === 'done' || plan.mayRetry === true)
    goBack(walk)
    return true
  }

  return {
    push: (bytes) => pushBytes(walk, bytes),
    end: () => endBytes(walk),
    next() {
      if (isDone || (build === undefined && !look()) || build === undefined) return undefined
      const rest = walkRows(walk, build)
      if (rest === 'more') return undefined
      isDone = rest === 'done'
      return build.finish(isDone)
    },
    get foundMisfit() {
      return !walk.cursor.faultPinned
    },
  }
}

/** The shape of all rows of a file, pushed in pieces. */
export function shapeReader(plan: ReadPlan): { push(bytes: Uint8Array): void; end(): Shape } {
  const walk = newRowWalk(plan.limits, plan.onInvalidRow === undefined ? undefined : () => {})
  const survey = newSurvey(plan.limits.maxColumns ?? DEFAULT_LIMITS.maxColumns)
  const taker = surveyTaker(survey, Number.POSITIVE_INFINITY)
  return {
    push(bytes) {
      pushBytes(walk, bytes)
      walkRows(walk, taker)
    },
    end() {
      endBytes(walk)
      walkRows(walk, taker)
      return survey.root
    },
  }
}

function surveyTaker(survey: Survey, maxRows: number): RowTaker {
  const maxBytes = maxRows === Number.POSITIVE_INFINITY ? maxRows : MAX_WINDOW_BYTES
  const progress = { rows: 0, bytes: 0, maxRows, maxBytes }
  return {
    take: (cursor, at) => surveyRow(cursor, survey, at),
    keep(length) {
      keepRow(survey)
      progress.rows++
      progress.bytes += length
    },
    undo: () => undoRow(survey),
    isFull: () => progress.rows >= maxRows || progress.bytes >= maxBytes,
    takeRun: directSurvey(survey, progress),
  }
}

interface BatchBuild extends RowTaker {
  /** The rows taken since the last time; undefined where a last batch without rows is not needed. */
  finish(isLast: boolean): RecordBatch | undefined
}

function batchBuild(walk: RowWalk, plan: ReadPlan, shape: Shape, isFinal: boolean): BatchBuild {
  const root = planColumns(shape, plan.pins, isFinal)
  const schema = schemaOf(root.children.map((column) => column.field))
  const rowBytes = slotBytes(root)
  const unseen = new Set(root.children.filter((column) => column.pinned))
  const { cursor: own } = walk
  const progress: BatchProgress = {
    rows: 0,
    bytes: 0,
    get room() {
      return {
        rows: MAX_BATCH_ROWS - progress.rows,
        bytes: BATCH_BYTES - progress.bytes,
        memory: BATCH_BYTES - own.itemBytes - progress.rows * rowBytes,
        rowMemory: rowBytes,
      }
    },
  }
  let takeRun: ((walk: RowWalk) => number) | undefined
  let itemBytes = 0
  let batches = 0
  let allRows = 0
  return {
    take(cursor, at) {
      const { rows } = progress
      if (rows >= root.capacity) ensureSlots(root, rows + 1)
      itemBytes = own.itemBytes
      root.last = rows
      return readObject(cursor, root, rows, at, 1)
    },
    keep(length) {
      progress.rows++
      progress.bytes += length
    },
    undo() {
      rollback(root, progress.rows)
      own.itemBytes = itemBytes
    },
    isFull() {
      const { rows, bytes, memory } = progress.room
      return rows <= 0 || bytes <= 0 || memory <= 0
    },
    takeRun(place) {
      if (takeRun === undefined && isLittle(place)) return 0
      takeRun ??= directRows(root, own, progress)
      return takeRun(place)
    },
    finish(isLast) {
      const { rows } = progress
      allRows += rows
      for (const column of unseen) if (column.last >= 0) unseen.delete(column)
      if (isLast && allRows > 0) for (const column of unseen) throw unknownColumn(column)
      if (isLast && rows === 0 && batches > 0) return undefined
      const batch = takeBatch(root, schema, rows)
      batches++
      progress.rows = 0
      progress.bytes = 0
      own.itemBytes = 0
      return batch
    },
  }
}

function takeBatch(root: JsonColumn, schema: Schema, rows: number): RecordBatch {
  root.last = -1
  forgetRoom(root)
  return recordBatch(
    schema,
    root.children.map((column) => takeColumn(column, rows)),
    rows,
  )
}

function unknownColumn(column: JsonColumn): MillraceError {
  return new MillraceError('COLUMN_UNKNOWN', 'schema names a column that no row has', {
    position: { column: column.path },
  })
}
