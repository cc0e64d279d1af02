/** Returns the JavaScript value of one row of a column; null for null. Rows count from 0 in the batch. */
export type ValueReader = (row: number) => unknown
