/** The bytes of runs, and the place of a reader in them, which a kernel moves too. */
export interface Runs {
  readonly bytes: Uint8Array
  readonly end: number
  /** Bits of a value. */
  readonly width: number
  /** Offset of the run after this one. */
  next: number
  /** Values of this run that have not been read. */
  left: number
  isPacked: boolean
  /** The value of a repeated run. */
  value: number
  /** Offset of the next value of a packed run. */
  byte: number
  bit: number
}

export function runsOf(bytes: Uint8Array, start: number, end: number, width: number): Runs {
  return { bytes, end, width, next: start, left: 0, isPacked: false, value: 0, byte: 0, bit: 0 }
}
