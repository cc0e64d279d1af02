import { byteLength, type LeafValues } from './leaf-values.ts'
import { type PageBuffer, roomInPage } from './page-buffer.ts'

/** Append values `start` to `end` PLAIN; with `order`, those whose positions are there in the kernel's memory. */
export function appendPlain(page: PageBuffer, values: LeafValues, start: number, end: number, order = 0): void {
  const { exports } = page.kernel
  const count = end - start
  switch (values.physical) {
    case 'bits':
      roomInPage(page, Math.ceil(count / 8))
      page.end = exports.appendBits(page.end, start, end) >>> 0
      break
    case 'word':
    case 'double-word':
      roomInPage(page, count * 8)
      page.end = exports.appendWords(page.end, start, end, order) >>> 0
      break
    case 'bytes':
      roomInPage(page, byteLength(values, start, end, order) + 4 * count)
      page.end = exports.appendPrefixed(page.end, start, end, order) >>> 0
      break
    case 'fixed':
      roomInPage(page, byteLength(values, start, end, order))
      appendConcatenated(page, values, start, end, order)
      break
  }
}

/** Append the bytes of values, contiguously, into space already reserved. */
export function appendConcatenated(
  page: PageBuffer,
  { contiguous }: LeafValues,
  start: number,
  end: number,
  order = 0,
): void {
  const isContiguous = contiguous && order === 0 ? 1 : 0
  page.end = page.kernel.exports.appendConcatenated(page.end, start, end, order, isContiguous) >>> 0
}
