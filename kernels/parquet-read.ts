// Makes columns of a Parquet file from its pages: inflates them, decodes texts, levels and indexes of dictionaries, and moves values to their slots.
//
// Memory, laid out by the caller: pieces of what is read, and of what is made. Nothing leads outside of it: lengths and indexes are used only where they
// lie within their region, and behind every region lie SLACK bytes, since words and vectors are read and written whole.

import { bitsOfBytes, bytesOfBits, countBits, ones, takeBits } from './parquet-read/bits'
import { areIndexes, gatherTexts, gatherWords } from './parquet-read/gather'
import { takeRuns } from './parquet-read/runs'
import { inflatedFrom, inflatedTo, inflateSnappy } from './parquet-read/snappy'
import { spreadOffsets, spreadValues } from './parquet-read/spread'
import { takeTexts, textsFrom, textsTo } from './parquet-read/texts'

export const heapStart: usize = __heap_base

export {
  areIndexes,
  bitsOfBytes,
  bytesOfBits,
  countBits,
  gatherTexts,
  gatherWords,
  inflatedFrom,
  inflatedTo,
  inflateSnappy,
  ones,
  spreadOffsets,
  spreadValues,
  takeBits,
  takeRuns,
  takeTexts,
  textsFrom,
  textsTo,
}
