// The memory layout shared by the kernel distinct-rows and TypeScript. Lengths are in bytes.

/** A row's hash, and a key from which random numbers are expanded. */
export const HASH = 16
/** The sums of a row being hashed. */
export const SUMS = 32
/** The state of a long text being hashed. */
export const SIP_STATE = 32

/** Random numbers of one position in a cell: 32 bits for every half of a word and every sum. */
export const PLACE = 32
/** Random numbers of a column: the summand of a null, then those of 16 positions. */
export const COLUMN_KEYS = PLACE * 17
/** Random numbers that turn sums into hashes: three of 64 bits for every sum. */
export const END_KEYS = 96

/** Bytes after a region that the kernel may read, since it reads whole words and vectors. */
export const SPARE = 16

/** Hashes of a segment, as a power of two; the list of segments holds their addresses. */
export const SEGMENT_BITS = 16
/** A slot of the table, a segment's address, or a row's number. */
export const WORD = 4
/** Means the slot at which the search for a hash begins, given by the hash itself. */
export const NO_SLOT = -1
