import type { Shape } from './json-shape.ts'

/** The result of a survey: the shape of the rows, and whether it read all of them. */
export interface JsonPlan {
  readonly shape: Shape
  readonly hasAllRows: boolean
}

/** Most bytes of rows used for the inference of a stream, which may have to hold them. */
export const MAX_INFER_BYTES = 64 * 1024 * 1024
