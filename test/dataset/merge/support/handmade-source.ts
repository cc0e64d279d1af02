import {
  type HandmadeColumn,
  type HandmadeFile,
  handmadeFile,
  pageV1,
} from '../../../codecs/parquet/support/parquet-file.ts'

/** A required INT32 column `a` of one row, 7. */
export const PLAIN: HandmadeColumn = { type: 'INT32', values: 1, pages: [pageV1({ values: 1, body: [7, 0, 0, 0] })] }

/** A file of that column, with something in it said otherwise. */
export function handmade(column: Partial<HandmadeColumn> = {}, file: Partial<HandmadeFile> = {}): Uint8Array {
  return handmadeFile({ columns: [{ ...PLAIN, ...column }], ...file })
}
