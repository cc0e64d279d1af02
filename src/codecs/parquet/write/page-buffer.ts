import { SLACK } from '../../../../kernels/parquet-write/record.ts'
import type { WriteKernel } from './write-kernel.ts'

/** A page under construction in `[start, end)`, at the end of the kernel's memory. */
export interface PageBuffer {
  readonly kernel: WriteKernel
  start: number
  end: number
}

export function beginPage(page: PageBuffer): void {
  page.start = page.end = page.kernel.memory.top
}

/** Release the page's memory. */
export function dropPage({ kernel, start }: PageBuffer): void {
  kernel.memory.release(start)
}

/** Make room for `size` more bytes, followed by `scratch` bytes, valid until the next such call; returns the offset of the latter. */
export function roomInPage({ kernel, end }: PageBuffer, size: number, scratch = 0): number {
  const { memory } = kernel
  memory.release(end)
  memory.reserve(size + SLACK)
  return memory.reserve(scratch + SLACK)
}

/** The page so far: a view, valid until the memory grows. */
export function pageBytes({ kernel, start, end }: PageBuffer): Uint8Array {
  return kernel.memory.bytes.subarray(start, end)
}
