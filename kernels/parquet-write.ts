// Makes the pages of a Parquet column chunk from its values: the dictionary and the bounds, the encodings, the compression.
//
// Memory, laid out by the caller: the values of the chunk, see `values.ts`; the dictionary; at the end the page,
// followed by its compressed form. No access is out of bounds: ranges are accepted only within their bytes, space for
// the largest encoding is reserved before a page is appended to, and every region is followed by 16 bytes or more,
// since words and vectors are read and written whole.

import { greatest, least, takeBounds } from './parquet-write/bounds'
import { appendDeltas, appendSuffixes, takeLengths, takePrefixes } from './parquet-write/delta'
import { indexValues, resizeTable } from './parquet-write/dictionary'
import { appendBits, appendConcatenated, appendPrefixed, appendWords } from './parquet-write/plain'
import { countLevels, takePresent, takeWords } from './parquet-write/present'
import { appendIndexes, appendLevels, appendRepeatedRun } from './parquet-write/rle-hybrid'
import { appendLength, compressBlock } from './parquet-write/snappy'
import { byteLength, takeAllRanges, takeBits, takeRanges, useValues } from './parquet-write/values'

export const heapStart: usize = __heap_base

export {
  appendBits,
  appendConcatenated,
  appendDeltas,
  appendIndexes,
  appendLength,
  appendLevels,
  appendPrefixed,
  appendRepeatedRun,
  appendSuffixes,
  appendWords,
  byteLength,
  compressBlock,
  countLevels,
  greatest,
  indexValues,
  least,
  resizeTable,
  takeAllRanges,
  takeBits,
  takeBounds,
  takeLengths,
  takePrefixes,
  takePresent,
  takeRanges,
  takeWords,
  useValues,
}
