import type { ByteSource } from '../codecs/input/source.ts'
import type { ObjectFormat } from './object-format.ts'

/** An object to be planned: its properties, and the way to read it. */
export interface PlannedObject extends ObjectFormat {
  readonly source: ByteSource
  readonly size: number
  /** Bytes of a split. */
  readonly targetBytes: number
  readonly probeBytes: number
  /** True for an object that must be one split. */
  readonly isWhole: boolean
}

/** A part of an object. */
export interface Part {
  readonly start: number
  readonly end: number
  readonly rowGroups?: readonly [number, number]
}

/** Parts of an object, and its columns. */
export interface ObjectPlan {
  readonly parts: readonly Part[]
  readonly columns?: PartColumns
}

/** Columns of an object, derived from its samples. */
export interface PartColumns {
  readonly names: readonly string[]
  /** Flags of the values that inference saw in each, null if the type is pinned. */
  readonly inference: readonly (number | null)[]
  /** For CSV, the delimiter that the file itself names. */
  readonly delimiter?: string
}
