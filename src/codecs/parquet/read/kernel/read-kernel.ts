import { RUN_READER, SLACK } from '../../../../../kernels/parquet-read/record.ts'
import { type Kernel, kernelMaker } from '../../../../internal/kernel.ts'
import { PARQUET_READ } from '../../../../internal/kernels/parquet-read.ts'
import type { Dictionary } from '../bytes/value-buffers.ts'
import { type DictionaryPlace, placeDictionary } from './dictionary-place.ts'

/** Functions of `kernels/parquet-read`, which documents each of them. Every number but a count is an offset into its memory, returned as a signed number. */
interface ReadExports {
  inflateSnappy(from: number, end: number, start: number, to: number, limit: number, pause: number): number
  readonly inflatedFrom: { readonly value: number }
  readonly inflatedTo: { readonly value: number }

  takeTexts(from: number, end: number, count: number, used: number, offsets: number, to: number): number
  readonly textsFrom: { readonly value: number }
  readonly textsTo: { readonly value: number }

  takeRuns(reader: number, end: number, width: number, to: number, count: number): number

  takeBits(reader: number, end: number, to: number, bit: number, count: number): number
  readonly ones: { readonly value: number }
  countBits(bits: number, count: number): number
  bytesOfBits(from: number, bit: number, count: number, to: number): void
  bitsOfBytes(from: number, count: number, to: number): void

  spreadValues(values: number, width: number, bits: number, slots: number, to: number): void
  spreadOffsets(offsets: number, bits: number, slots: number, to: number): void

  areIndexes(indexes: number, count: number, size: number): number
  gatherWords(values: number, width: number, indexes: number, count: number, to: number): void
  gatherTexts(
    offsets: number,
    text: number,
    indexes: number,
    count: number,
    used: number,
    newOffsets: number,
    to: number,
  ): number
}

/** Bytes of a page that lie in the kernel at once, so that they and what is made of them stay in the processor's cache. */
export const PIECE_BYTES = 128 * 1024
/** Values that are made at once, of up to 16 bytes. */
export const PIECE_VALUES = 16_384
const MAX_WIDTH = 16

/** A kernel, and its regions for a piece of a page. Behind them dictionaries lie, and what one call needs for itself. */
export interface ReadKernel extends Pick<Kernel<ReadExports>, 'exports' | 'memory'> {
  readonly input: number
  readonly indexes: number
  /** Fixed values, or offsets of texts. */
  readonly values: number
  readonly runReader: number
  /** The place of a dictionary, which is copied there at first; undefined for one that is left to TypeScript. */
  placeOf(dictionary: Dictionary): DictionaryPlace | undefined
}

/** The kernel of one file that is read. */
export interface ReadKernels {
  /** The kernel, where it pays to start it. */
  start(): ReadKernel | undefined
  /** Forget the dictionaries of a row group. */
  dropDictionaries(): void
  /** To be called after the last use. */
  leave(): void
}

/** Fewer bytes of pages are read by TypeScript: starting WebAssembly costs more than it gains. */
const MIN_BYTES = 256 * 1024

const makeKernel: () => Kernel<ReadExports> = kernelMaker<ReadExports>(PARQUET_READ)

/** @param bytes - of the pages to come, by the footer. */
export function readKernels(bytes: number): ReadKernels {
  let kernel: Kernel<ReadExports> | undefined
  let reading: ReadKernel | undefined
  let free = 0
  const places = new Map<Dictionary, DictionaryPlace | undefined>()

  function start(): ReadKernel {
    kernel = makeKernel()
    const { exports, memory } = kernel
    const region = (size: number) => memory.reserve(size + SLACK)
    const input = region(PIECE_BYTES)
    const indexes = region(PIECE_VALUES * 4)
    const values = region(PIECE_VALUES * MAX_WIDTH)
    const runReader = region(RUN_READER)
    free = memory.top
    return {
      ...{ exports, memory, input, indexes, values, runReader },
      placeOf(dictionary) {
        if (!places.has(dictionary)) places.set(dictionary, placeDictionary(memory, memory.top - free, dictionary))
        return places.get(dictionary)
      },
    }
  }

  return {
    start() {
      if (bytes >= MIN_BYTES) reading ??= start()
      return reading
    },
    dropDictionaries() {
      places.clear()
      kernel?.memory.release(free)
    },
    leave() {
      kernel?.leave()
    },
  }
}
