// Makes columns of a Parquet file from its pages: inflates them, and decodes texts, levels and indexes of dictionaries.
//
// Memory, laid out by the caller: pieces of what is read, and of what is made. Nothing leads outside of it: lengths and indexes are used only where they
// lie within their region, and behind every region lie SLACK bytes, since words and vectors are read and written whole.

import { areIndexes, gatherTexts, gatherWords } from './parquet-read/gather'
import { takeRuns } from './parquet-read/runs'
import { inflatedFrom, inflatedTo, inflateSnappy } from './parquet-read/snappy'
import { takeTexts, textsFrom, textsTo } from './parquet-read/texts'

export const heapStart: usize = __heap_base

export {
  areIndexes,
  gatherTexts,
  gatherWords,
  inflatedFrom,
  inflatedTo,
  inflateSnappy,
  takeRuns,
  takeTexts,
  textsFrom,
  textsTo,
}
