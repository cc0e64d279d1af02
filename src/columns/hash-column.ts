/** A column in the few forms that rows are hashed and compared in; dictionaries are decoded, nested values written as bytes. */
export interface HashColumn {
  /** Of `doubles`, all NaN are equal, and -0 is 0; cells of the other kinds are equal where their bytes are. */
  readonly kind: 'fixed' | 'doubles' | 'bits' | 'bytes'
  /** Bitmap, empty where nothing is null; its first bit is at `bitOffset`. */
  readonly nulls: Uint8Array
  /** Of `bits`, also the place of the first. */
  readonly bitOffset: number
  readonly bytes: Uint8Array
  /** Bytes of a cell of `fixed` or `doubles`; of `bits` it is 1, since they are hashed as bytes. */
  readonly width: number
  /** Of `bytes`. */
  readonly offsets: Int32Array
}
