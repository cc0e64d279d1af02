import { SEEN, SURVEY } from '../../../../../kernels/json-rows/record.ts'
import { isTooLittleForKernel } from '../../../text/kernel-limits.ts'
import type { RowWindow } from '../rows/row-window.ts'
import type { Shape } from '../types/json-shape.ts'
import { keepRow, type Survey, surveyValue, undoRow } from '../types/survey.ts'
import type { CallTarget } from './call-target.ts'
import { type ColumnRecord, callBytes, type RowKernel, rowKernel, setWord, wordAt } from './row-kernel.ts'

/** Progress of a survey. */
export interface SurveyProgress {
  /** Rows surveyed so far, and their bytes. */
  rows: number
  bytes: number
  readonly maxRows: number
  readonly maxBytes: number
}

/** The part of a row reader that the kernel does. */
export interface SurveyKernel {
  readByKernel(window: RowWindow): number
  leaveKernel(): void
}

const MAX_INT = 0x7fffffff

/**
 * Survey rows with the kernel while they have only known columns.
 */
export function kernelSurvey(survey: Survey, progress: SurveyProgress): SurveyKernel {
  let kernel: RowKernel | undefined
  let isTooWide = false
  const shapes: { readonly shape: Shape; readonly record: ColumnRecord }[] = []

  /** Add columns that the kernel does not have yet. */
  function addColumns({ addColumn, root }: RowKernel): void {
    const fields = survey.root.fields ?? new Map<string, Shape>()
    if (fields.size === shapes.length) return
    for (const shape of [...fields.values()].slice(shapes.length)) {
      const record = addColumn(root, SURVEY, shape.key)
      if (record === undefined) isTooWide = true
      else shapes.push({ shape, record })
    }
  }

  const target: CallTarget = {
    room() {
      const bytes = Math.min(MAX_INT, progress.maxBytes - progress.bytes)
      return { rows: progress.maxRows - progress.rows, bytes, memory: 1, rowMemory: 0 }
    },
    prepare() {
      const { memory } = kernel as RowKernel
      for (const { shape, record } of shapes) setWord(memory, record, SEEN, shape.seen)
    },
    append() {},
    readDeferred: (cursor, index, _slot, at) => {
      const { shape } = shapes[index] as (typeof shapes)[number]
      return surveyValue(cursor, survey, shape, at, 1)
    },
    completeRows: (rows) => rows,
    undo: () => undoRow(survey),
    keep({ rows, bytes }) {
      const { memory } = kernel as RowKernel
      for (const { shape, record } of shapes) shape.seen |= wordAt(memory, record, SEEN)
      keepRow(survey)
      progress.rows += rows
      progress.bytes += bytes
    },
  }

  return {
    readByKernel(window) {
      const { cursor } = window
      if (survey.columns === 0 || isTooWide) return 0
      if (kernel === undefined && isTooLittleForKernel(window.row, cursor.end - window.at)) return 0
      kernel ??= rowKernel(callBytes(cursor), cursor.maxDepth)
      addColumns(kernel)
      return isTooWide ? 0 : kernel.readRows(window, target)
    },
    leaveKernel() {
      kernel?.leave()
      kernel = undefined
      isTooWide = true
    },
  }
}
