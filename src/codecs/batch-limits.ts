/** Most rows of a record batch. */
export const MAX_BATCH_ROWS = 65_536
/** Bytes of a file, or of columns, after which a record batch is full. */
export const MAX_BATCH_BYTES = 4 * 1024 * 1024
