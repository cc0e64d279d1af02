import { type Runs, runsOf } from '../bytes/runs.ts'
import { type ByteValues, type Dictionary, int32View, reserve, reserveBytes, viewOf } from '../bytes/value-buffers.ts'
import { invalid, noSuchEntry } from '../invalid.ts'
import { gatherInKernel } from '../kernel/gather-values.ts'
import type { ReadKernel } from '../kernel/read-kernel.ts'
import type { ValueDecoder } from './decoder.ts'
import { gatherFixed } from './gather-fixed.ts'
import { type HybridReader, runReader } from './hybrid-reader.ts'

/** Indexes are unpacked this many at a time, so that they stay in the processor's cache until their values are gathered. */
const INDEXES = 4096

/** RLE_DICTIONARY: a byte with the width of the indexes, then runs of them. */
export function dictionaryDecoder(bytes: Uint8Array, dictionary: Dictionary, kernel?: ReadKernel): ValueDecoder {
  const runs = indexRuns(bytes)
  const reader = indexReader(runs)
  let indexes: Int32Array | undefined
  const size = dictionary.values.count
  return {
    longestValue: dictionary.longestValue,
    read(count, into) {
      const { values } = dictionary
      reserve(into, count)
      const taken = kernel === undefined || runs.width === 0 ? 0 : gatherInKernel(kernel, runs, dictionary, count, into)
      for (let left = count - taken; left > 0; ) {
        indexes ??= new Int32Array(INDEXES)
        const take = Math.min(left, INDEXES)
        reader.read(indexes, 0, take)
        checkIndexes(indexes, take, size)
        if (values.kind === 'bytes' && into.kind === 'bytes') gatherBytes(values, indexes, take, into)
        else if (values.kind === 'fixed' && into.kind === 'fixed') gatherFixed(values, indexes, take, into)
        else throw invalid('the dictionary has values of another type')
        left -= take
      }
    },
  }
}

/** Decodes the indexes themselves, if the column keeps its dictionary. */
export function indexDecoder(bytes: Uint8Array, dictionary: Dictionary): ValueDecoder {
  const reader = indexReader(indexRuns(bytes))
  return {
    longestValue: 4,
    read(count, into) {
      if (into.kind !== 'fixed') throw invalid('values of a fixed width were expected')
      reserve(into, count)
      const indexes = int32View(into.bytes).subarray(into.count, into.count + count)
      reader.read(indexes, 0, count)
      checkIndexes(indexes, count, dictionary.values.count)
      into.count += count
    },
  }
}

function indexRuns(bytes: Uint8Array): Runs {
  const width = bytes[0] ?? 0
  if (width > 32) throw invalid('a dictionary index is wider than 32 bits')
  return runsOf(bytes, 1, bytes.length, width)
}

function indexReader(runs: Runs): Pick<HybridReader, 'read'> {
  if (runs.width > 0) return runReader(runs)
  return { read: (out, outAt, count) => void out.fill(0, outAt, outAt + count) }
}

function checkIndexes(indexes: Int32Array, count: number, size: number): void {
  for (let i = 0; i < count; i++) {
    if ((indexes[i] as number) >>> 0 >= size) throw noSuchEntry()
  }
}

const LONG_VALUE = 48

/** Lengths first, for a single allocation; then the bytes. */
function gatherBytes(from: ByteValues, indexes: Int32Array, count: number, into: ByteValues): void {
  const start = into.offsets[into.count] as number
  reserveBytes(into, gatherOffsets(from.offsets, indexes, count, into.offsets, into.count))
  copyEntries(from, indexes, count, into.bytes, start)
  into.count += count
}

/** Returns the total bytes of the values, which may exceed the range of offsets. */
function gatherOffsets(from: Int32Array, indexes: Int32Array, count: number, into: Int32Array, at: number): number {
  const start = into[at] as number
  let used = start
  for (let i = 0; i < count; i++) {
    const index = indexes[i] as number
    used += (from[index + 1] as number) - (from[index] as number)
    into[++at] = used
  }
  return used - start
}

function copyEntries(
  { offsets, bytes }: ByteValues,
  indexes: Int32Array,
  count: number,
  into: Uint8Array,
  at: number,
): void {
  const source = viewOf(bytes)
  const view = viewOf(into)
  for (let i = 0; i < count; i++) {
    const index = indexes[i] as number
    let byte = offsets[index] as number
    const end = offsets[index + 1] as number
    if (end - byte > LONG_VALUE) {
      into.set(bytes.subarray(byte, end), at)
      at += end - byte
    } else {
      for (; byte + 4 <= end; byte += 4, at += 4) view.setInt32(at, source.getInt32(byte))
      while (byte < end) into[at++] = bytes[byte++] as number
    }
  }
}
