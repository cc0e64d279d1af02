import type { Data } from 'apache-arrow'
import { MillraceError } from '../../../errors.ts'
import { isValidUtf8 } from '../../../internal/utf8.ts'
import { compact } from '../read/rows/compact.ts'
import { newCursor } from '../read/rows/cursor.ts'
import { skipSpace, skipValue } from '../read/rows/grammar.ts'
import { reserve } from './json-text.ts'
import type { ValueWriterOptions } from './scalar-writer.ts'
import type { ValueWriter } from './time-writer.ts'

/** A writer of text that is JSON: each value is written unchanged, without white space. */
export function jsonTextWriter(data: Data, { path }: ValueWriterOptions): ValueWriter {
  const values: Uint8Array = data.values
  const offsets: Int32Array = data.valueOffsets
  const cursor = newCursor({ maxDepth: Number.POSITIVE_INFINITY })
  return (text, index) => {
    const start = offsets[index] as number
    const length = (offsets[index + 1] as number) - start
    if (length >= cursor.bytes.length) cursor.bytes = new Uint8Array(2 * length)
    cursor.bytes.set(values.subarray(start, start + length))
    cursor.bytes[length] = 0
    cursor.end = length
    const end = skipValue(cursor, skipSpace(cursor, 0), 0)
    if (end < 0 || skipSpace(cursor, end) !== length || !isValidUtf8(cursor.bytes, 0, length)) {
      throw new MillraceError('TYPE_MISMATCH', 'the column is marked as JSON, but holds text that is not valid JSON', {
        position: { row: text.row, column: path },
      })
    }
    const out = reserve(text, length)
    text.at = compact(cursor.bytes, 0, length, out, text.at)
  }
}
