import { type Data, DataType, type Dictionary } from 'apache-arrow'
import { singleChunk } from '../concat.ts'
import type { ValueReader } from './reader.ts'

/** Text is decoded once per distinct value; mutable values are copied for every cell. */
export function dictionaryReader(data: Data, readerOf: (data: Data) => ValueReader): ValueReader {
  const places: ArrayLike<number | bigint> = data.values
  const values = singleChunk(data.dictionary, (data.type as Dictionary).dictionary)
  const read = readerOf(values)
  if (!DataType.isUtf8(values.type)) return (row) => read(Number(places[row]))
  const texts: unknown[] = []
  return (row) => {
    const place = Number(places[row])
    if (texts[place] === undefined) texts[place] = read(place)
    return texts[place]
  }
}
