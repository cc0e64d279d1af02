// Numbers the distinct rows of a stream by their hashes.
//
// Memory: a block's worth of a column's cells, of states and of hashes; then, as they are needed, the segments and the table of the set.

export { addHashes, askedNumber, askedSlot, placeHashes, size, touched, touchSlots, useTable } from './shared/hash-set'
export {
  absorbBytes,
  absorbFixed,
  absorbLength,
  bytesOfBits,
  endRows,
  plainDoubles,
  startRows,
} from './shared/row-hash'

export const heapStart: usize = __heap_base
