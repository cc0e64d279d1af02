import type { Binary, Field } from 'apache-arrow'
import { OTHER } from '../../../../../kernels/csv-rows/record.ts'
import { isValid } from '../../../../columns/validity.ts'
import { base64Bytes } from '../../../../internal/base64.ts'
import { asciiText } from '../../../../internal/utf8.ts'
import { appendOtherCells } from './cell-buffer.ts'
import { fixedColumn, type TextColumn } from './csv-column.ts'

/**
 * A column of bytes written as base64. Values are the offsets at which each row's bytes begin and end in a buffer,
 * which `finish` packs: rows may be undone and read again.
 */
export function binaryColumn(field: Field<Binary>, isEmptyNull: boolean): TextColumn {
  let stored = Buffer.alloc(0)
  let used = 0

  const column = fixedColumn<Int32Array>({
    field,
    typeName: 'binary',
    kind: OTHER,
    isEmptyNull,
    allocate: (rows) => new Int32Array(rows * 2),
    parse(bytes, start, end, values, index) {
      const value = base64Bytes(asciiText(bytes, start, end))
      if (value === undefined) return false
      values[2 * index] = used
      values[2 * index + 1] = store(value)
      return true
    },
    append: appendOtherCells,
    offsets(values, rows) {
      const offsets = new Int32Array(rows + 1)
      for (let row = 0; row < rows; row++) offsets[row + 1] = (offsets[row] as number) + lengthOf(values, row)
      return offsets
    },
    finish(values, rows) {
      const packed = new Uint8Array(used)
      let at = 0
      for (let row = 0; row < rows; row++) {
        const length = lengthOf(values, row)
        const start = values[2 * row] as number
        packed.set(stored.subarray(start, start + length), at)
        at += length
      }
      stored = Buffer.alloc(0)
      used = 0
      return packed.slice(0, at)
    },
  })
  return column

  /** @returns the end of the bytes stored. */
  function store(value: Uint8Array): number {
    if (used + value.length > stored.length) {
      const larger = Buffer.alloc(Math.max(used + value.length, stored.length * 2, 1024))
      larger.set(stored.subarray(0, used))
      stored = larger
    }
    stored.set(value, used)
    used += value.length
    return used
  }

  function lengthOf(values: Int32Array, row: number): number {
    const { validity } = column.cells
    if (validity !== undefined && !isValid(validity, row)) return 0
    return (values[2 * row + 1] as number) - (values[2 * row] as number)
  }
}
