import { type RawField, THRIFT } from '../read/footer/raw-thrift.ts'
import { type ByteSink, reserve } from './byte-sink.ts'

/** A field to write: its value as bytes, or a function that appends them. */
export interface WrittenField {
  readonly id: number
  readonly type: number
  readonly value: Uint8Array | ((sink: ByteSink) => void)
}

/** Append a struct of Thrift's compact protocol, its fields by number. */
export function appendStruct(sink: ByteSink, fields: readonly (WrittenField | RawField)[]): void {
  let last = 0
  for (const { id, type, value } of [...fields].sort((a, b) => a.id - b.id)) {
    const delta = id - last
    if (delta > 0 && delta < 16) appendByte(sink, (delta << 4) | type)
    else {
      appendByte(sink, type)
      appendInteger(sink, BigInt(id))
    }
    last = id
    if (typeof value === 'function') value(sink)
    else appendBytes(sink, value)
  }
  appendByte(sink, 0)
}

export function integerField(id: number, type: 4 | 5 | 6, value: number): WrittenField {
  return { id, type, value: (sink) => appendInteger(sink, BigInt(value)) }
}

export function textField(id: number, text: string): WrittenField {
  const bytes = new TextEncoder().encode(text)
  return {
    id,
    type: THRIFT.BINARY,
    value: (sink) => {
      appendVarint(sink, BigInt(bytes.length))
      appendBytes(sink, bytes)
    },
  }
}

/** A list of structs, or of other values that `items` append. An empty list has a type, too. */
export function listField(id: number, type: number, items: readonly WrittenField['value'][]): WrittenField {
  return {
    id,
    type: THRIFT.LIST,
    value: (sink) => {
      appendByte(sink, (Math.min(items.length, 15) << 4) | type)
      if (items.length >= 15) appendVarint(sink, BigInt(items.length))
      for (const item of items) {
        if (typeof item === 'function') item(sink)
        else appendBytes(sink, item)
      }
    },
  }
}

export function appendBytes(sink: ByteSink, bytes: Uint8Array): void {
  reserve(sink, bytes.length).set(bytes, sink.length)
  sink.length += bytes.length
}

function appendByte(sink: ByteSink, byte: number): void {
  reserve(sink, 1)[sink.length++] = byte
}

function appendInteger(sink: ByteSink, value: bigint): void {
  appendVarint(sink, BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)))
}

function appendVarint(sink: ByteSink, value: bigint): void {
  let rest = value
  for (; rest >= 0x80n; rest >>= 7n) appendByte(sink, Number(rest & 0x7fn) | 0x80)
  appendByte(sink, Number(rest))
}
