import { MillraceError } from '../errors.ts'

/** A kernel compiled from `kernels/`, and the memory that it works on. */
export interface Kernel<Exports> {
  readonly exports: Exports
  readonly memory: KernelMemory
  /** Release the kernel to another run, which finds its memory empty. Call it after the last use; a kernel that is not released becomes garbage. */
  leave(): void
}

export interface KernelMemory {
  /** The whole memory. Replaced when it grows: read it again after {@link KernelMemory.reserve}. */
  readonly bytes: Uint8Array
  readonly words: Int32Array
  /** The offset at which the next bytes will be reserved. */
  readonly top: number
  /**
   * Reserve more bytes, from an offset that is a multiple of 16. Their content is arbitrary. Throws `LIMIT_EXCEEDED`
   * beyond 4 GiB, or the memory of the process.
   */
  reserve(size: number): number
  /** Release everything reserved from an offset on. */
  release(from: number): void
}

interface OwnMemory extends KernelMemory {
  /** The end of everything ever reserved. */
  readonly highest: number
}

/** Exports of every kernel. */
interface KernelBase {
  readonly memory: WasmMemory
  /** The end of the kernel's own data. */
  readonly heapStart: { readonly value: number }
}

interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** The part of WebAssembly that kernels need, which Node's types omit. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: object }
}

const PAGE_BYTES = 65_536
/** Least pages added at a time: 1 MiB. */
const STEP_PAGES = 16
const MAX_BYTES = 2 ** 32

/** A kernel that a run has released. */
interface Left<Exports> {
  readonly ref: WeakRef<Exports & KernelBase>
  /** The end of the memory that the run has written. */
  readonly end: number
}

/** Most kernels held for later runs. */
const MAX_LEFT = 8
/**
 * Most memory of such a kernel. A wide table reserves far more than it writes, and wiping would make all of it resident.
 */
const MAX_LEFT_BYTES = 16 * 1024 * 1024

/**
 * Create a factory of kernels. The code is compiled once, at the first call. No two runs use a kernel at the same time.
 *
 * A released kernel is reused, with its memory wiped, unless the garbage collector has freed it: only a full collection
 * frees WebAssembly memory, and a few megabytes of it for each of many short streams make V8 collect all the time. The
 * reference is weak, so nothing is held that would not be in memory anyway.
 *
 * @param code - the module in base64.
 */
export function kernelMaker<Exports extends object>(code: string): () => Kernel<Exports> {
  let module: object | undefined
  /** The kernel's own data, as in the module. */
  let data: Uint8Array | undefined
  const left: Left<Exports>[] = []

  function takeLeft(): (Exports & KernelBase) | undefined {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const exports = next.ref.deref()
      if (exports === undefined) continue
      const bytes = new Uint8Array(exports.memory.buffer)
      bytes.set(data as Uint8Array)
      bytes.fill(0, exports.heapStart.value, next.end)
      return exports
    }
    return undefined
  }

  function newExports(): Exports & KernelBase {
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly
    module ??= new Module(Buffer.from(code, 'base64'))
    try {
      const exports = new Instance(module).exports as Exports & KernelBase
      data ??= new Uint8Array(exports.memory.buffer).slice(0, exports.heapStart.value)
      return exports
    } catch (cause) {
      throw new MillraceError('LIMIT_EXCEEDED', 'out of WebAssembly address space; finish other reads first', { cause })
    }
  }

  return () => {
    const exports = takeLeft() ?? newExports()
    const memory = kernelMemory(exports)
    let isLeft = false
    return {
      exports,
      memory,
      leave() {
        const isSmall = memory.highest <= MAX_LEFT_BYTES
        if (!isLeft && isSmall && left.length < MAX_LEFT) left.push({ ref: new WeakRef(exports), end: memory.highest })
        isLeft = true
      },
    }
  }
}

function kernelMemory({ memory, heapStart }: KernelBase): OwnMemory {
  let top = aligned(heapStart.value)
  let highest = top
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
    get highest() {
      return highest
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
      highest = Math.max(highest, end)
      return start
    },
    release(from) {
      top = from
    },
  }
}

/** Check whether a size exceeds any WebAssembly memory; otherwise the process is out of memory. */
export function isBeyondKernel(end: number): boolean {
  return end > MAX_BYTES
}

function grow(memory: WasmMemory, bytes: number, end: number): void {
  try {
    memory.grow(pagesFor(bytes, end))
  } catch (cause) {
    const rule = isBeyondKernel(end)
      ? 'the data in memory exceeds the 4 GiB that WebAssembly can address; use smaller batches or row groups'
      : `the process has no memory for ${bytes} more bytes; raise its memory, or use smaller batches or row groups`
    throw new MillraceError('LIMIT_EXCEEDED', rule, { cause })
  }
}

/** Pages that hold the bytes, in steps: growing costs a tenth of a millisecond, an unused page almost nothing. */
function pagesFor(bytes: number, end: number): number {
  const step = Math.min(STEP_PAGES * PAGE_BYTES, Math.max(0, MAX_BYTES - PAGE_BYTES - end))
  return Math.ceil(Math.max(bytes, step) / PAGE_BYTES)
}

/** Computed in doubles, since offsets reach 4 GiB. */
function aligned(offset: number): number {
  return Math.ceil(offset / 16) * 16
}
