import type { Encoding, ParquetType } from 'hyparquet'
import { type Dictionary, type FixedValues, int32View, reserve, type Values } from '../bytes/value-buffers.ts'
import { invalid, unsupported } from '../invalid.ts'
import type { ReadKernel } from '../kernel/read-kernel.ts'
import { byteStreamSplitDecoder } from './byte-stream-split.ts'
import { plainDecoder } from './decode-plain.ts'
import type { ValueDecoder } from './decoder.ts'
import { deltaByteArrayDecoder, deltaLengthDecoder } from './delta-byte-array.ts'
import { type DeltaReader, deltaInt32Reader, deltaInt64Reader } from './delta-reader.ts'
import { dictionaryDecoder } from './dictionary.ts'
import { type HybridReader, hybridReader } from './hybrid-reader.ts'

export interface PageValues {
  readonly encoding: Encoding
  readonly bytes: Uint8Array
  /** Values and nulls of the page. */
  readonly slots: number
  readonly dictionary: Dictionary | undefined
}

/** The decoder of a page's values as the file keeps them or, from a dictionary, as Arrow does. */
export function valueDecoder(page: PageValues, type: ParquetType, width: number, kernel?: ReadKernel): ValueDecoder {
  const { bytes, encoding } = page
  switch (encoding) {
    case 'PLAIN':
      return plainDecoder(bytes, type, width, page.slots, kernel)
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY':
      if (page.dictionary === undefined) throw invalid('a page refers to a dictionary that is not there')
      return dictionaryDecoder(bytes, page.dictionary, kernel)
    case 'RLE':
      if (type === 'BOOLEAN') return booleanRunDecoder(bytes)
      break
    case 'DELTA_BINARY_PACKED':
      if (type === 'INT32') return deltaDecoder(deltaInt32Reader(bytes, 0, bytes.length))
      if (type === 'INT64') return deltaDecoder(deltaInt64Reader(bytes, 0, bytes.length))
      break
    case 'DELTA_LENGTH_BYTE_ARRAY':
      if (type === 'BYTE_ARRAY') return deltaLengthDecoder(bytes)
      break
    case 'DELTA_BYTE_ARRAY':
      if (type === 'BYTE_ARRAY' || type === 'FIXED_LEN_BYTE_ARRAY') return deltaByteArrayDecoder(bytes, width)
      break
    case 'BYTE_STREAM_SPLIT':
      if (type !== 'BOOLEAN' && type !== 'BYTE_ARRAY' && type !== 'INT96') return byteStreamSplitDecoder(bytes, width)
      break
  }
  throw unsupported(`pages of type ${type} in the encoding ${encoding} cannot be read`)
}

function deltaDecoder(reader: DeltaReader): ValueDecoder {
  return {
    longestValue: 0,
    read(count, into) {
      const target = fixedTarget(into)
      reserve(target, count)
      reader.read(int32View(target.bytes), target.count, count)
      target.count += count
    },
  }
}

const RUN_VALUES = 4096

/** Booleans in runs, after their length in four bytes. */
function booleanRunDecoder(bytes: Uint8Array): ValueDecoder {
  let reader: HybridReader | undefined
  const scratch = new Int32Array(RUN_VALUES)
  return {
    longestValue: 0,
    read(count, into) {
      reader ??= hybridReader(bytes, 4, runsEnd(bytes), 1)
      const target = fixedTarget(into)
      reserve(target, count)
      for (let left = count; left > 0; ) {
        const take = Math.min(left, RUN_VALUES)
        reader.read(scratch, 0, take)
        for (let i = 0; i < take; i++) target.bytes[target.count + i] = scratch[i] as number
        target.count += take
        left -= take
      }
    },
  }
}

function runsEnd(bytes: Uint8Array): number {
  if (bytes.length < 4) throw invalid('a page ends before its values')
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  if (length > bytes.length - 4) throw invalid('a page ends before its values')
  return 4 + length
}

function fixedTarget(into: Values): FixedValues {
  if (into.kind !== 'fixed') throw invalid('values of a fixed width were expected')
  return into
}
