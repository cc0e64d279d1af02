/** A type to set in the option `schema`, or another option to set, and the reason. */
export interface Pin {
  /** The column whose type is to be pinned; absent if the option applies to the whole file. */
  readonly column?: string
  readonly type?: string
  readonly option?: string
  readonly value?: string
  readonly why: string
}
