import type { ByteBudget } from '../bytes/byte-budget.ts'
import type { Dictionary } from '../bytes/value-buffers.ts'
import type { ValueDecoder } from '../encodings/decoder.ts'
import { type HybridReader, hybridReader } from '../encodings/hybrid-reader.ts'
import type { ReadKernel, ReadKernels } from '../kernel/read-kernel.ts'
import type { Leaf } from '../schema/schema-shape.ts'
import type { PagePool } from './page-pool.ts'

/** An inflated data page, whose levels and values can be decoded piece by piece. */
export interface DataPage {
  readonly slots: number
  /** Absent if the column has no such levels. */
  readonly repetition: HybridReader | undefined
  readonly definition: HybridReader | undefined
  readonly values: ValueDecoder
  /** Bytes of the encoded values. */
  readonly valueBytes: number
  /** Bytes held by the page. */
  readonly heldBytes: number
  /** Release the memory of the encoded values, which are no longer used. */
  release?(): void
  /** Present where the page is inflated piece by piece. */
  readonly hold?: HoldSlots
  /** The dictionary to which the values refer. */
  readonly dictionary: Dictionary | undefined
  /** The dictionary of the chunk, even if this page does not use it. */
  readonly chunkDictionary: Dictionary | undefined
}

/**
 * Prepare the next `slots` of the `left` slots of a page, in about `maxBytes`.
 *
 * @returns how many are ready.
 */
export type HoldSlots = (slots: number, left: number, maxBytes: number) => Promise<number>

export interface PageContext {
  readonly kernels: ReadKernels
  readonly pool: PagePool
  /** Bytes that are held at once. */
  readonly held: ByteBudget
  /** Inflated bytes of all pages. */
  readonly inflated: ByteBudget
  /** Pages of plain values over this size are inflated piece by piece. */
  readonly maxWholeBytes: number
  readonly maxFieldBytes: number
  /** Aborts pages that are being inflated. */
  readonly signal: AbortSignal
}

/** The levels of a page of version 2, in `bytes`: repetition levels, then definition levels. */
export function levelReadersV2(
  leaf: Leaf,
  bytes: Uint8Array,
  repetitionBytes: number,
  kernel?: ReadKernel,
): Pick<DataPage, 'repetition' | 'definition'> {
  const levels = (max: number, start: number, end: number) =>
    max > 0 ? hybridReader(bytes, start, end, levelWidth(max), kernel) : undefined
  return {
    repetition: levels(leaf.repetition, 0, repetitionBytes),
    definition: levels(leaf.definition, repetitionBytes, bytes.length),
  }
}

/** Bits of a level up to `max`. */
export function levelWidth(max: number): number {
  return 32 - Math.clz32(max)
}
