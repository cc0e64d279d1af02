// The layout of what the kernel distinct-rows and TypeScript both read and write: one for both. Lengths are in bytes.

/** A row's hash, and a key from which random numbers are expanded. */
export const HASH = 16
/** The sums of a row that is being hashed. */
export const SUMS = 32
/** The state of a long text that is being hashed. */
export const SIP_STATE = 32

/** Random numbers of one place in a cell: 32 bits for every half of a word and every sum. */
export const PLACE = 32
/** Random numbers of a column: what a null adds, then those of 16 places. */
export const COLUMN_KEYS = PLACE * 17
/** Random numbers that make hashes of sums: three of 64 bits for every sum. */
export const END_KEYS = 96

/** Bytes behind a region that the kernel may read, since it reads words and vectors whole. */
export const SPARE = 16

/** Hashes of a segment, as a power of two; the list of segments holds their addresses. */
export const SEGMENT_BITS = 16
/** A slot of the table, a segment's address, or a row's number. */
export const WORD = 4
/** Stands for the slot at which the search for a hash begins, given by the hash itself. */
export const NO_SLOT = -1
