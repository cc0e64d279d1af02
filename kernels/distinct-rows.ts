// Numbers the distinct rows of a stream by their hashes.
//
// Memory: keys; a block's worth of a column's cells, of sums and of hashes; then, as they are needed, more keys, and the segments and the table of
// the set.

export {
  addHashes,
  askedNumber,
  askedSlot,
  placeHashes,
  size,
  touched,
  touchSlots,
  useTable,
} from './shared/hash-set'
export {
  absorbBytes,
  absorbFixed,
  absorbLong,
  bytesOfBits,
  COLUMN_KEYS,
  END_KEYS,
  endRows,
  expandKey,
  plainDoubles,
  startRows,
} from './shared/row-hash'
export { absorbSip, endSip, SIP_STATE, startSip } from './shared/sip-hash'

export const heapStart: usize = __heap_base
