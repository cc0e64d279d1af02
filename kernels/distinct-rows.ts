// Numbers the distinct rows of a stream by their hashes.
//
// Memory: keys; a block's worth of a column's cells, of sums and of hashes; then, as needed, more keys, and the
// segments and the table of the set.

export {
  addHashes,
  askedNumber,
  askedSlot,
  placeHashes,
  size,
  touched,
  touchSlots,
  useTable,
} from './distinct-rows/hash-set'
export {
  absorbBytes,
  absorbFixed,
  absorbLong,
  bytesOfBits,
  endRows,
  expandKey,
  plainDoubles,
  startRows,
} from './distinct-rows/row-hash'
export { absorbSip, startSip } from './distinct-rows/sip-hash'

export const heapStart: usize = __heap_base
