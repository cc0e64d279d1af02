import type { Data } from 'apache-arrow'
import { grown } from './builders/buffers.ts'
import { decodeDictionary } from './decode-dictionary.ts'
import type { HashColumn } from './hash-column.ts'
import { checkedOffset, itemsOf, layoutOf, offsetsOf } from './layout.ts'
import { isValid } from './validity.ts'

/** Bytes of one column, value by value. */
export interface NestedBytes {
  readonly bytes: Uint8Array
  readonly offsets: Int32Array
}

interface Output {
  bytes: Uint8Array
  length: number
}

type WriteValue = (row: number, out: Output) => void

/**
 * Encode nested values as bytes that are equal exactly if the values are: a byte for null or not, then the number of
 * items of a list and the items, the fields of a struct, the length and bytes of a text, or the bytes of any other
 * value. The type determines where each part ends, so different values have different bytes.
 *
 * @param hashColumnOf - converts the leaf columns of the values.
 */
export function nestedBytes(data: Data, hashColumnOf: (data: Data) => HashColumn): NestedBytes {
  const write = valueWriter(data, hashColumnOf)
  const out = { bytes: new Uint8Array(0), length: 0 }
  const offsets = new Int32Array(data.length + 1)
  for (let row = 0; row < data.length; row++) {
    write(row, out)
    offsets[row + 1] = checkedOffset(out.length)
  }
  return { bytes: out.bytes.subarray(0, out.length), offsets }
}

function valueWriter(data: Data, hashColumnOf: (data: Data) => HashColumn): WriteValue {
  const layout = layoutOf(data.type)
  if (layout === 'dictionary') return valueWriter(decodeDictionary(data), hashColumnOf)
  const isList = layout === 'list' || layout === 'fixedList'
  if (!isList && layout !== 'struct') return leafWriter(hashColumnOf(data))
  const write = isList ? itemsWriter(data, hashColumnOf) : fieldsWriter(data, hashColumnOf)
  return presentWriter(data.nullCount > 0 ? data.nullBitmap : NO_BITS, data.offset, write)
}

const NO_BITS = new Uint8Array(0)

function presentWriter(nulls: Uint8Array, bitOffset: number, write: WriteValue): WriteValue {
  return (row, out) => {
    const isPresent = nulls.length === 0 || isValid(nulls, bitOffset + row)
    writeByte(out, isPresent ? 1 : 0)
    if (isPresent) write(row, out)
  }
}

function itemsWriter(data: Data, hashColumnOf: (data: Data) => HashColumn): WriteValue {
  const write = valueWriter(itemsOf(data), hashColumnOf)
  const offsets = layoutOf(data.type) === 'list' ? offsetsOf(data) : undefined
  const startOf = (row: number): number => (offsets === undefined ? row * data.stride : (offsets[row] as number))
  return (row, out) => {
    const end = startOf(row + 1)
    const start = startOf(row)
    writeLength(out, end - start)
    for (let item = start; item < end; item++) write(item, out)
  }
}

function fieldsWriter({ children }: Data, hashColumnOf: (data: Data) => HashColumn): WriteValue {
  const writers = children.map((child) => valueWriter(child, hashColumnOf))
  return (row, out) => {
    for (const write of writers) write(row, out)
  }
}

function leafWriter(cells: HashColumn): WriteValue {
  return presentWriter(cells.nulls, cells.bitOffset, presentLeafWriter(cells))
}

function presentLeafWriter({ kind, bytes, bitOffset, width, offsets }: HashColumn): WriteValue {
  switch (kind) {
    case 'bits':
      return (row, out) => writeByte(out, isValid(bytes, bitOffset + row) ? 1 : 0)
    case 'fixed':
      return (row, out) => writeBytes(out, bytes, row * width, (row + 1) * width)
    case 'doubles': {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      return (row, out) => {
        const value = view.getFloat64(row * width, true)
        if (value === 0) writeBytes(out, ZERO, 0, width)
        else if (Number.isNaN(value)) writeBytes(out, NAN, 0, width)
        else writeBytes(out, bytes, row * width, (row + 1) * width)
      }
    }
    case 'bytes':
      return (row, out) => {
        const start = offsets[row] as number
        const end = offsets[row + 1] as number
        writeLength(out, end - start)
        writeBytes(out, bytes, start, end)
      }
  }
}

/** The bits for every -0 and every NaN. */
const ZERO = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0)
const NAN = Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf8, 0x7f)

function writeByte(out: Output, byte: number): void {
  if (out.length === out.bytes.length) makeRoom(out, 1)
  out.bytes[out.length++] = byte
}

function writeLength(out: Output, length: number): void {
  makeRoom(out, 4)
  const { bytes } = out
  bytes[out.length++] = length
  bytes[out.length++] = length >>> 8
  bytes[out.length++] = length >>> 16
  bytes[out.length++] = length >>> 24
}

function writeBytes(out: Output, from: Uint8Array, start: number, end: number): void {
  makeRoom(out, end - start)
  const { bytes } = out
  let at = out.length
  for (let index = start; index < end; index++) bytes[at++] = from[index] as number
  out.length = at
}

function makeRoom(out: Output, length: number): void {
  if (out.length + length > out.bytes.length) out.bytes = grown(out.bytes, out.length + length)
}
