/** A column in one of the few forms used to hash and compare rows; dictionaries are decoded, nested values written as bytes. */
export interface HashColumn {
  /** Of `doubles`, all NaN are equal, and -0 is 0; cells of the other kinds are equal if their bytes are. */
  readonly kind: 'fixed' | 'doubles' | 'bits' | 'bytes'
  /** Bitmap, empty if nothing is null; its first bit is at `bitOffset`. */
  readonly nulls: Uint8Array
  /** For `bits`, also the offset of the first value. */
  readonly bitOffset: number
  readonly bytes: Uint8Array
  /** Bytes of a cell of `fixed` or `doubles`; 1 for `bits`, since they are hashed as bytes. */
  readonly width: number
  /** Offsets of `bytes`. */
  readonly offsets: Int32Array
}
