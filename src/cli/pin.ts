/** A type to write into the option `schema`, or another option to set, and why. */
export interface Pin {
  /** The column whose type is to be pinned; absent where the option is for the whole file. */
  readonly column?: string
  readonly type?: string
  readonly option?: string
  readonly value?: string
  readonly why: string
}
