import { type Kernel, kernelMaker } from '../internal/kernel.ts'
import { DISTINCT_ROWS } from '../internal/kernels/distinct-rows.ts'

/** Exports of `kernels/distinct-rows.ts`: lengths are in bytes, all other numbers are addresses and counts. */
export interface RowHashExports {
  expandKey(key: number, first: number, to: number, length: number): void
  startRows(sums: number, rows: number): void
  absorbFixed(sums: number, rows: number, keys: number, values: number, width: number, nulls: number, bit: number): void
  absorbBytes(
    sums: number,
    rows: number,
    keys: number,
    offsets: number,
    text: number,
    start: number,
    end: number,
    nulls: number,
    bit: number,
    key: number,
  ): void
  startSip(state: number, key: number): void
  absorbSip(state: number, from: number, length: number): void
  absorbLong(sums: number, keys: number, state: number, rest: number, length: number): void
  plainDoubles(values: number, count: number): void
  bytesOfBits(bits: number, bit: number, count: number, bytes: number): void
  endRows(sums: number, rows: number, keys: number, hashes: number): void
  useTable(segments: number, table: number, slots: number): void
  placeHashes(first: number, end: number): void
  touchSlots(hashes: number, count: number): void
  addHashes(hashes: number, index: number, count: number, numbers: number, asks: boolean, slot: number): number
  readonly size: { readonly value: number }
  readonly askedNumber: { readonly value: number }
  readonly askedSlot: { readonly value: number }
}

export type RowHashKernel = Kernel<RowHashExports>

/** Rows hashed at a time: their sums stay in the processor's caches while column after column is added. */
export const BLOCK_ROWS = 1024

/** The hasher and the set of one run share a kernel, and thereby the hashes. */
export const rowHashKernel: () => RowHashKernel = kernelMaker<RowHashExports>(DISTINCT_ROWS)
