import type { Shape } from './json-shape.ts'

/** The result of a survey: the shape of the rows, and whether it read all of them. */
export interface JsonPlan {
  readonly shape: Shape
  readonly hasAllRows: boolean
}

/** Bytes of rows that take part in the inference of a stream, however few rows they are: a stream may have to hold them. */
export const MAX_INFER_BYTES = 64 * 1024 * 1024
