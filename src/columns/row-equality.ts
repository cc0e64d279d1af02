import type { Cells } from './cells.ts'
import { isValid } from './validity.ts'

/** Whether a row of some columns equals a row of columns of the same types: nulls equal nulls, NaN equals NaN, -0 equals 0. */
export function equalRows(left: readonly Cells[], leftRow: number, right: readonly Cells[], rightRow: number): boolean {
  for (let column = 0; column < left.length; column++) {
    if (!equalCells(left[column] as Cells, leftRow, right[column] as Cells, rightRow)) return false
  }
  return true
}

function equalCells(left: Cells, leftRow: number, right: Cells, rightRow: number): boolean {
  const isPresent = isPresentAt(left, leftRow)
  if (isPresent !== isPresentAt(right, rightRow)) return false
  if (!isPresent) return true
  switch (left.kind) {
    case 'words':
      return equalWords(left, leftRow, right, rightRow)
    case 'bytes':
      return equalBytes(left, leftRow, right, rightRow)
    case 'list':
      return equalLists(left, leftRow, right, rightRow)
    case 'struct':
      return equalRows(left.children, leftRow, right.children, rightRow)
  }
}

function isPresentAt({ nulls, bitOffset }: Cells, row: number): boolean {
  return nulls.length === 0 || isValid(nulls, bitOffset + row)
}

function equalWords(left: Cells, leftRow: number, right: Cells, rightRow: number): boolean {
  const { width } = left
  for (let word = 0; word < width; word++) {
    if (left.words[leftRow * width + word] !== right.words[rightRow * width + word]) return false
  }
  return true
}

function equalBytes(left: Cells, leftRow: number, right: Cells, rightRow: number): boolean {
  const leftStart = left.offsets[leftRow] as number
  const rightStart = right.offsets[rightRow] as number
  const length = (left.offsets[leftRow + 1] as number) - leftStart
  if ((right.offsets[rightRow + 1] as number) - rightStart !== length) return false
  for (let at = 0; at < length; at++) {
    if (left.bytes[leftStart + at] !== right.bytes[rightStart + at]) return false
  }
  return true
}

function equalLists(left: Cells, leftRow: number, right: Cells, rightRow: number): boolean {
  const leftStart = left.offsets[leftRow] as number
  const rightStart = right.offsets[rightRow] as number
  const length = (left.offsets[leftRow + 1] as number) - leftStart
  if ((right.offsets[rightRow + 1] as number) - rightStart !== length) return false
  for (let item = 0; item < length; item++) {
    if (!equalRows(left.children, leftStart + item, right.children, rightStart + item)) return false
  }
  return true
}
