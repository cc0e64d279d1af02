// The constants shared by the kernel parquet-write and TypeScript. Offsets and lengths are in bytes.

/** Bytes after every region, since words and vectors are read and written whole. */
export const SLACK = 16

/** The length of a range: the start of a value and, at {@link RANGE_END}, its end. */
export const RANGE = 8
export const RANGE_END = 4
/** The length of a value's position, in orders, slots and indexes. */
export const PLACE = 4
/** Returned for ranges outside their bytes. */
export const UNSOUND = -1

/** The length of an entry of the table of distinct values. */
export const TABLE_ENTRY = 8
/** Returned for values assumed to be crafted to collide. */
export const COLLIDING = -1

/** The bytes of a value's length, of its shared prefix's length, and of its suffix's length. */
export const LENGTH = 4

/** Values of a block of deltas. */
export const DELTA_BLOCK = 128

/** The longest block of snappy, before whose start no copy reaches, and the table of its hashes. */
export const SNAPPY_BLOCK = 65_536
export const SNAPPY_TABLE = 32_768

/** Orders of values. */
export const UINT8 = 0
export const INT32 = 1
export const UINT32 = 2
export const FLOAT32 = 3
export const INT64 = 4
export const UINT64 = 5
export const FLOAT64 = 6
/** Unsigned lexicographic. */
export const BYTES = 7
/** Signed numbers, their highest byte first. */
export const BIG_ENDIAN = 8
export const FLOAT16 = 9
