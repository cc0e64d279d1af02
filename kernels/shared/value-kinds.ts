// The kinds of values that the kernels csv-rows and json-rows both read, by the type of the column.

export const TEXT = 0
export const INT64 = 1
export const FLOAT64 = 2
export const BOOL = 3
export const DATE = 4
export const TIMESTAMP_MS = 5
export const TIMESTAMP_US = 6
export const TIMESTAMP_NS = 7
/** Any other type: every value is deferred to TypeScript. */
export const OTHER = 8
