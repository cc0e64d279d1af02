import { type ErrorCode, MillraceError } from '../../../../errors.ts'
import { isValidUtf8 } from '../../../../internal/utf8.ts'
import type { InvalidRow } from '../../../invalid-row.ts'
import { type RowBlock, wronglyEncoded } from '../rows/row-index.ts'

/** Rejected rows of a block: index and reason. */
export type RejectedRows = Map<number, { code: ErrorCode; reason: string; column?: string }>

/**
 * Rows whose text is not valid in the file's `encoding`. Checks the whole block with one native call, so that it costs
 * next to nothing if all rows are valid.
 */
export function misencodedRows(block: RowBlock, names: readonly string[], encoding: string): RejectedRows {
  const rejected: RejectedRows = new Map()
  const { bytes, bounds, rows, width } = block
  if (isValidUtf8(bytes, block.start, block.end)) return rejected
  const reason = wronglyEncoded(encoding, 'text')
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) {
      const start = bounds[(row * width + column) * 2] as number
      const end = bounds[(row * width + column) * 2 + 1] as number
      if (end < 0 || isValidUtf8(bytes, start < 0 ? ~start : start, end)) continue
      rejected.set(row, { code: 'ENCODING_INVALID', reason, column: names[column] ?? '' })
      break
    }
  }
  return rejected
}

/** Remove rows from a block's index; its bytes stay. */
export function removeRows(block: RowBlock, rejected: RejectedRows): void {
  const { bounds, width } = block
  let kept = 0
  for (let row = 0; row < block.rows; row++) {
    if (rejected.has(row)) continue
    if (kept !== row) bounds.copyWithin(kept * width * 2, row * width * 2, (row + 1) * width * 2)
    kept++
  }
  block.rows = kept
}

/** All rejected rows of a block in the file's order: malformed rows, and rows whose values were rejected. */
export function* rejections(block: RowBlock, rejected: RejectedRows): Generator<InvalidRow & { column?: string }> {
  const { faults, firstRow } = block
  let fault = 0
  for (const row of [...rejected.keys()].sort((a, b) => a - b)) {
    for (let next = faults[fault]; next !== undefined && next.before <= row; next = faults[++fault]) {
      yield { line: next.line, row: firstRow + next.before + fault, reason: next.reason, code: next.code }
    }
    const why = rejected.get(row)
    if (why !== undefined) yield { line: block.lineOf(row), row: firstRow + row + fault, ...why }
  }
  for (let next = faults[fault]; next !== undefined; next = faults[++fault]) {
    yield { line: next.line, row: firstRow + next.before + fault, reason: next.reason, code: next.code }
  }
}

export function rejectionError(rejection: InvalidRow & { column?: string }): MillraceError {
  const { line, row, column, code, reason } = rejection
  return new MillraceError(code, reason, { position: { line, row, ...(column === undefined ? {} : { column }) } })
}

/** The row as passed to the callback: a plain object, with the column named in its reason. */
export function invalidRow({ line, row, column, code, reason }: InvalidRow & { column?: string }): InvalidRow {
  return { line, row, code, reason: column === undefined ? reason : `column ${JSON.stringify(column)}: ${reason}` }
}
