import type { ByteSource } from '../codecs/input/source.ts'
import type { ObjectFormat } from './object-format.ts'

/** An object to be planned: what it is, and how to read it. */
export interface PlannedObject extends ObjectFormat {
  readonly source: ByteSource
  readonly size: number
  /** Bytes of a split. */
  readonly targetBytes: number
  readonly probeBytes: number
  /** True for an object that is to be one split, whatever it is. */
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

/** Columns of an object, by what its samples hold. */
export interface PartColumns {
  readonly names: readonly string[]
  /** Flags of what inference saw in each, null where the type is pinned. */
  readonly inference: readonly (number | null)[]
  /** Of CSV: the delimiter that the file names itself. */
  readonly delimiter?: string
}
