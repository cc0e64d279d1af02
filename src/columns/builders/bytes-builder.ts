import * as types from 'node:util/types'
import type { Binary, DataType, FixedSizeBinary, Utf8 } from 'apache-arrow'
import { MillraceError } from '../../errors.ts'
import { isWellFormed } from '../../internal/well-formed.ts'
import { columnData, grown, trimmed, validity } from './buffers.ts'
import type { ColumnBuilder } from './builder.ts'

const MAX_COLUMN_BYTES = 2 ** 31 - 1
/** Below this many characters a loop over char codes is faster than the encoder. */
const SHORT_TEXT = 24

export function stringBuilder(type: Utf8): ColumnBuilder<Utf8> {
  return offsetBuilder(type, (value, column) => {
    if (typeof value !== 'string' || !isWellFormed(value)) return false
    column.reserve(value.length * 3)
    column.end = writeUtf8(value, column.bytes, column.end)
    return true
  })
}

export function binaryBuilder(type: Binary): ColumnBuilder<Binary> {
  return offsetBuilder(type, (value, column) => {
    if (!types.isUint8Array(value)) return false
    column.reserve(value.length)
    column.bytes.set(value, column.end)
    column.end += value.length
    return true
  })
}

/** Write well-formed text, with three free bytes per character; returns the end. */
function writeUtf8(text: string, bytes: Buffer, start: number): number {
  if (text.length > SHORT_TEXT) return start + bytes.write(text, start, 'utf8')
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 127) return start + bytes.write(text, start, 'utf8')
    bytes[start + index] = code
  }
  return start + text.length
}

interface BytesColumn {
  bytes: Buffer
  end: number
  /** Make room for more bytes. */
  reserve(length: number): void
}

/** A builder over offsets and bytes. `write` puts the value's bytes at `column.end`, or returns false. */
function offsetBuilder<T extends DataType>(
  type: T,
  write: (value: unknown, column: BytesColumn) => boolean,
): ColumnBuilder<T> {
  let offsets = new Int32Array(1)
  let length = 0
  const valid = validity()
  const column: BytesColumn = {
    bytes: Buffer.alloc(0),
    end: 0,
    reserve(more) {
      if (column.end + more <= column.bytes.length) return
      const larger = Buffer.from(
        new ArrayBuffer(Math.min(MAX_COLUMN_BYTES, Math.max(column.end + more, column.bytes.length * 2, 256))),
      )
      if (column.end + more > larger.length) {
        throw new MillraceError('LIMIT_EXCEEDED', 'a column of one batch can hold at most 2 GiB; use smaller batches')
      }
      larger.set(column.bytes.subarray(0, column.end))
      column.bytes = larger
    },
  }
  const close = (isValid: boolean): void => {
    offsets = grown(offsets, length + 2)
    offsets[length + 1] = column.end
    valid.set(length++, isValid)
  }
  return {
    type,
    get length() {
      return length
    },
    append(value) {
      const isValid = value !== null && value !== undefined
      if (isValid && !write(value, column)) return false
      close(isValid)
      return true
    },
    appendNull: () => close(false),
    truncate(to) {
      length = to
      column.end = offsets[to] ?? 0
    },
    finish() {
      const { buffer, byteOffset, byteLength } = column.bytes
      const data = columnData(type, length, {
        valueOffsets: trimmed(offsets, length + 1),
        values: trimmed(new Uint8Array(buffer, byteOffset, byteLength), column.end),
        validity: valid.take(length),
      })
      offsets = new Int32Array(1)
      column.bytes = Buffer.alloc(0)
      column.end = length = 0
      return data
    },
  }
}

export function fixedBinaryBuilder(type: FixedSizeBinary): ColumnBuilder<FixedSizeBinary> {
  const { byteWidth } = type
  let bytes = new Uint8Array(0)
  let length = 0
  const valid = validity()
  const push = (value: Uint8Array | undefined): void => {
    bytes = grown(bytes, (length + 1) * byteWidth)
    if (value !== undefined) bytes.set(value, length * byteWidth)
    else bytes.fill(0, length * byteWidth, (length + 1) * byteWidth)
    valid.set(length++, value !== undefined)
  }
  return {
    type,
    get length() {
      return length
    },
    append(value) {
      if (value === null || value === undefined) push(undefined)
      else if (types.isUint8Array(value) && value.length === byteWidth) push(value)
      else return false
      return true
    },
    appendNull: () => push(undefined),
    truncate(to) {
      length = to
    },
    finish() {
      const data = columnData(type, length, {
        values: trimmed(bytes, length * byteWidth),
        validity: valid.take(length),
      })
      bytes = new Uint8Array(0)
      length = 0
      return data
    },
  }
}
