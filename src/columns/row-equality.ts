import type { HashColumn } from './hash-column.ts'
import { isValid } from './validity.ts'

/** Compare a row of some columns with a row of columns of the same types: nulls equal nulls, NaN equals NaN, -0 equals 0. */
export function equalRows(
  left: readonly HashColumn[],
  leftRow: number,
  right: readonly HashColumn[],
  rightRow: number,
): boolean {
  for (let column = 0; column < left.length; column++) {
    if (!equalCells(left[column] as HashColumn, leftRow, right[column] as HashColumn, rightRow)) return false
  }
  return true
}

function equalCells(left: HashColumn, leftRow: number, right: HashColumn, rightRow: number): boolean {
  const isPresent = isPresentAt(left, leftRow)
  if (isPresent !== isPresentAt(right, rightRow)) return false
  if (!isPresent) return true
  const { width } = left
  switch (left.kind) {
    case 'bits':
      return isValid(left.bytes, left.bitOffset + leftRow) === isValid(right.bytes, right.bitOffset + rightRow)
    case 'fixed':
      return equalBytes(left.bytes, leftRow * width, right.bytes, rightRow * width, width)
    case 'doubles':
      return (
        equalBytes(left.bytes, leftRow * width, right.bytes, rightRow * width, width) ||
        equalDoubles(doubleAt(left.bytes, leftRow), doubleAt(right.bytes, rightRow))
      )
    case 'bytes':
      return equalTexts(left, leftRow, right, rightRow)
  }
}

function isPresentAt({ nulls, bitOffset }: HashColumn, row: number): boolean {
  return nulls.length === 0 || isValid(nulls, bitOffset + row)
}

function equalTexts(left: HashColumn, leftRow: number, right: HashColumn, rightRow: number): boolean {
  const leftStart = left.offsets[leftRow] as number
  const rightStart = right.offsets[rightRow] as number
  const length = (left.offsets[leftRow + 1] as number) - leftStart
  if ((right.offsets[rightRow + 1] as number) - rightStart !== length) return false
  return equalBytes(left.bytes, leftStart, right.bytes, rightStart, length)
}

function equalBytes(left: Uint8Array, leftAt: number, right: Uint8Array, rightAt: number, length: number): boolean {
  for (let at = 0; at < length; at++) if (left[leftAt + at] !== right[rightAt + at]) return false
  return true
}

function equalDoubles(left: number, right: number): boolean {
  return left === right || (Number.isNaN(left) && Number.isNaN(right))
}

function doubleAt({ buffer, byteOffset }: Uint8Array, row: number): number {
  return new DataView(buffer, byteOffset).getFloat64(row * 8, true)
}
