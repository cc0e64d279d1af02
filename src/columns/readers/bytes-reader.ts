import type { Data } from 'apache-arrow'
import { MillraceError } from '../../errors.ts'
import type { ValueReader } from './reader.ts'

/** Below this many bytes a loop over ASCII is faster than the decoder. */
const SHORT_TEXT = 12

export function stringReader(values: Uint8Array, offsets: ArrayLike<number>): ValueReader {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  return (row) => textOf(bytes, offsets[row] ?? 0, offsets[row + 1] ?? 0)
}

function textOf(bytes: Buffer, start: number, end: number): string {
  if (end - start > SHORT_TEXT) return bytes.toString('utf8', start, end)
  let text = ''
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte > 127) return bytes.toString('utf8', start, end)
    text += String.fromCharCode(byte)
  }
  return text
}

export function binaryReader(values: Uint8Array, offsets: ArrayLike<number>): ValueReader {
  return (row) => copyOf(values, offsets[row] ?? 0, offsets[row + 1] ?? 0)
}

export function fixedBinaryReader(values: Uint8Array, byteWidth: number): ValueReader {
  return (row) => copyOf(values, row * byteWidth, (row + 1) * byteWidth)
}

/** Copy to a new `Uint8Array`, also if the column's bytes are a `Buffer`, whose `slice` is a view. */
function copyOf(values: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(values.subarray(start, end))
}

const VIEW_BYTES = 16
const INLINE_BYTES = 12

/** Arrow's view types: length, then up to 12 bytes inline, or prefix, buffer and offset of a longer value. */
export function viewReader(data: Data, isText: boolean): ValueReader {
  const views: Uint8Array = data.values
  const fields = new DataView(views.buffer, views.byteOffset, views.byteLength)
  return (row) => {
    const start = row * VIEW_BYTES
    const length = fields.getInt32(start, true)
    const inline = length <= INLINE_BYTES
    const buffer = inline ? views : data.variadicBuffers[fields.getInt32(start + 8, true)]
    if (buffer === undefined) throw new MillraceError('UNSUPPORTED_FORMAT', 'a view column has a missing buffer')
    const from = inline ? start + 4 : fields.getInt32(start + 12, true)
    const bytes = copyOf(buffer, from, from + length)
    return isText ? textOf(Buffer.from(bytes.buffer), 0, length) : bytes
  }
}
