import type { LeafValues } from './leaf-values.ts'

/** Bytes beyond which a value is not hashed as a whole. */
const LONG_VALUE = 128

/** Rows that share an entry of an Arrow dictionary are the same bytes, which no loop need find out. The last word may overlap. */
export function sameBytes(view: DataView, a: number, aEnd: number, b: number, bEnd: number): boolean {
  if (aEnd - a !== bEnd - b) return false
  if (a === b) return true
  if (aEnd - a < 4) {
    while (a < aEnd) if (view.getUint8(a++) !== view.getUint8(b++)) return false
    return true
  }
  for (; a < aEnd - 4; a += 4, b += 4) if (view.getInt32(a) !== view.getInt32(b)) return false
  return view.getInt32(aEnd - 4) === view.getInt32(bEnd - 4)
}

export function hashRange(values: LeafValues, start: number, end: number, out: Int32Array): void {
  const { physical, words, view, starts, ends } = values
  if (physical === 'word') for (let i = start; i < end; i++) out[i - start] = mixed(words[i] as number)
  else if (physical === 'double-word') {
    for (let i = start; i < end; i++) {
      out[i - start] = mixed(Math.imul(words[2 * i] as number, 0x9e3779b1) ^ (words[2 * i + 1] as number))
    }
  } else {
    for (let i = start; i < end; i++) out[i - start] = hashBytes(view, starts[i] as number, ends[i] as number)
  }
}

/** FNV-1a's step, four bytes at a time, the last four once more; of a long value 32 times four, spread over it. */
function hashBytes(view: DataView, start: number, end: number): number {
  const length = end - start
  let hash = 0x811c9dc5 ^ length
  if (length < 4) {
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x01000193)
    return mixed(hash)
  }
  const stride = length <= LONG_VALUE ? 4 : Math.floor(length / 32)
  for (let at = start; at < end - 4; at += stride) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x01000193)
    hash ^= hash >>> 15
  }
  return mixed(Math.imul(hash ^ view.getInt32(end - 4, true), 0x01000193))
}

function mixed(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35 | 0)
  return hash ^ (hash >>> 16)
}

export function isSame({ physical, words, view, starts, ends }: LeafValues, a: number, b: number): boolean {
  if (physical === 'word') return words[a] === words[b]
  if (physical === 'double-word') return words[2 * a] === words[2 * b] && words[2 * a + 1] === words[2 * b + 1]
  return sameBytes(view, starts[a] as number, ends[a] as number, starts[b] as number, ends[b] as number)
}
