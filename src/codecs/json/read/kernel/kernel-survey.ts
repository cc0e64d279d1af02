import type { RowWalk } from '../rows/row-window.ts'
import type { Shape } from '../types/json-shape.ts'
import { keepRow, type Survey, surveyValue, undoRow } from '../types/survey.ts'
import { isLittle, type RowKernel, type RunTarget, rowKernel, runBytes, SEEN, TAKE } from './kernel-run.ts'

/** A survey in the making. */
export interface SurveyProgress {
  /** Rows looked at so far, and their bytes. */
  rows: number
  bytes: number
  readonly maxRows: number
  readonly maxBytes: number
}

const MAX_INT = 0x7fffffff

/**
 * Survey runs of rows that have known columns only.
 *
 * @returns the number of rows looked at, 0 where the row at the walk's place is not like most rows.
 */
export function directSurvey(survey: Survey, progress: SurveyProgress): (walk: RowWalk) => number {
  let kernel: RowKernel | undefined
  let isTooWide = false
  const shapes: { readonly shape: Shape; readonly record: number }[] = []

  /** Tell the kernel of columns that are new. */
  function addColumns({ addColumn, root }: RowKernel): void {
    const fields = survey.root.fields ?? new Map<string, Shape>()
    if (fields.size === shapes.length) return
    for (const shape of [...fields.values()].slice(shapes.length)) {
      const record = addColumn(root, TAKE.survey, shape.key)
      if (record === undefined) isTooWide = true
      else shapes.push({ shape, record })
    }
  }

  const target: RunTarget = {
    get room() {
      const bytes = Math.min(MAX_INT, progress.maxBytes - progress.bytes)
      return { rows: progress.maxRows - progress.rows, bytes, memory: 1, rowMemory: 0 }
    },
    prepare() {
      const { words } = (kernel as RowKernel).memory
      for (const { shape, record } of shapes) words[record + SEEN] = shape.seen
    },
    append() {},
    takeLeft: (cursor, index, _slot, at) => {
      const { shape } = shapes[index] as (typeof shapes)[number]
      return surveyValue(cursor, survey, shape, at, 1)
    },
    complete: (rows) => rows,
    takeBack: () => undoRow(survey),
    keep({ rows, bytes }) {
      const { words } = (kernel as RowKernel).memory
      for (const { shape, record } of shapes) shape.seen |= words[record + SEEN] as number
      keepRow(survey)
      progress.rows += rows
      progress.bytes += bytes
    },
  }

  return (walk) => {
    if (survey.columns === 0 || isTooWide || (kernel === undefined && isLittle(walk))) return 0
    kernel ??= rowKernel(runBytes(walk.cursor), walk.cursor.maxDepth)
    addColumns(kernel)
    return isTooWide ? 0 : kernel.take(walk, target)
  }
}
