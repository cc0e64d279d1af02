import { MillraceError } from '../errors.ts'

/** A kernel compiled from `kernels/`, and the memory that it works on. */
export interface Kernel<Exports> {
  readonly exports: Exports
  readonly memory: KernelMemory
}

export interface KernelMemory {
  /** All of the memory. Replaced when it grows: read it again after {@link KernelMemory.reserve}. */
  readonly bytes: Uint8Array
  readonly words: Int32Array
  /** The offset at which the next bytes will be reserved. */
  readonly top: number
  /** Keep so many bytes more, from an offset on that is a multiple of 16. Their content is arbitrary. Throws `LIMIT_EXCEEDED` beyond 4 GiB, or the memory of the process. */
  reserve(size: number): number
  /** Release everything reserved from an offset on. */
  release(from: number): void
}

/** Exports of every kernel. */
interface KernelBase {
  readonly memory: WasmMemory
  /** The end of its own data. */
  readonly heapStart: { readonly value: number }
}

interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** The part of WebAssembly that kernels need, which the types of Node leave out. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: object }
}

const PAGE_BYTES = 65_536
/** At least so many pages are added at a time: 1 MiB. */
const STEP_PAGES = 16
const MAX_BYTES = 2 ** 32

/**
 * A maker of kernels. The code is compiled at the first call, once and for all; every kernel has a memory of its own, so that two runs share
 * nothing.
 *
 * @param code - the module in base64.
 */
export function kernelMaker<Exports>(code: string): () => Kernel<Exports> {
  let module: object | undefined
  return () => {
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly
    module ??= new Module(Buffer.from(code, 'base64'))
    let exports: Exports & KernelBase
    try {
      exports = new Instance(module).exports as Exports & KernelBase
    } catch (cause) {
      throw new MillraceError('LIMIT_EXCEEDED', 'out of WebAssembly address space; finish other reads first', { cause })
    }
    return { exports, memory: kernelMemory(exports) }
  }
}

function kernelMemory({ memory, heapStart }: KernelBase): KernelMemory {
  let top = aligned(heapStart.value)
  let bytes = new Uint8Array(memory.buffer)
  let words = new Int32Array(memory.buffer)
  return {
    get bytes() {
      return bytes
    },
    get words() {
      return words
    },
    get top() {
      return top
    },
    reserve(size) {
      const start = top
      const end = aligned(start + size)
      if (end > bytes.length) {
        grow(memory, end - bytes.length, end)
        bytes = new Uint8Array(memory.buffer)
        words = new Int32Array(memory.buffer)
      }
      top = end
      return start
    },
    release(from) {
      top = from
    },
  }
}

/** Check whether so many bytes are more than any WebAssembly memory can have; otherwise the process has no more. */
export function isBeyondKernel(end: number): boolean {
  return end > MAX_BYTES
}

function grow(memory: WasmMemory, bytes: number, end: number): void {
  try {
    memory.grow(pagesFor(bytes, end))
  } catch (cause) {
    const rule = isBeyondKernel(end)
      ? 'the data held at once exceeds the 4 GiB that WebAssembly can address; use smaller batches or row groups'
      : `this process has no memory for ${bytes} bytes more; give it more, or use smaller batches or row groups`
    throw new MillraceError('LIMIT_EXCEEDED', rule, { cause })
  }
}

/** Pages that hold the bytes, in steps: growing costs a tenth of a millisecond, and a page that is not used next to nothing. */
function pagesFor(bytes: number, end: number): number {
  const step = Math.min(STEP_PAGES * PAGE_BYTES, Math.max(0, MAX_BYTES - PAGE_BYTES - end))
  return Math.ceil(Math.max(bytes, step) / PAGE_BYTES)
}

/** In numbers, for offsets go up to 4 GiB. */
function aligned(offset: number): number {
  return Math.ceil(offset / 16) * 16
}
