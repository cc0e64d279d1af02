import type { Data } from 'apache-arrow'
import { MillraceError } from '../../errors.ts'
import { assignKey, recordKeys } from '../record-key.ts'
import type { ValueReader } from './reader.ts'

type ReaderOf = (data: Data) => ValueReader

export function listReader(data: Data, offsets: ArrayLike<number>, readerOf: ReaderOf): ValueReader {
  const read = readerOf(childOf(data, 0))
  return (row) => readRange(read, offsets[row] ?? 0, offsets[row + 1] ?? 0)
}

export function fixedListReader(data: Data, listSize: number, readerOf: ReaderOf): ValueReader {
  const read = readerOf(childOf(data, 0))
  return (row) => readRange(read, row * listSize, (row + 1) * listSize)
}

function readRange(read: ValueReader, start: number, end: number): unknown[] {
  const values: unknown[] = []
  for (let index = start; index < end; index++) values.push(read(index))
  return values
}

export function structReader(data: Data, readerOf: ReaderOf): ValueReader {
  const keys = recordKeys(data.type.children)
  const readers = data.children.map(readerOf)
  return (row) => {
    const record: Record<string, unknown> = {}
    for (let index = 0; index < readers.length; index++) {
      assignKey(record, keys[index] as string, (readers[index] as ValueReader)(row))
    }
    return record
  }
}

export function mapReader(data: Data, readerOf: ReaderOf): ValueReader {
  const entries = childOf(data, 0)
  const readKey = readerOf(childOf(entries, 0))
  const readValue = readerOf(childOf(entries, 1))
  const offsets: Int32Array = data.valueOffsets
  return (row) => {
    const start = offsets[row] ?? 0
    const end = offsets[row + 1] ?? 0
    const map = new Map<unknown, unknown>()
    for (let index = start; index < end; index++) map.set(readKey(index), readValue(index))
    if (map.size !== end - start) {
      throw new MillraceError('TYPE_MISMATCH', 'a map has the same key twice, which a JavaScript Map cannot')
    }
    return map
  }
}

function childOf(data: Data, index: number): Data {
  const child = data.children[index]
  if (child === undefined) throw new MillraceError('UNSUPPORTED_FORMAT', 'a nested column has no child')
  return child
}
