import { Data, type DataType, type Vector } from 'apache-arrow'
import { countBits } from '../bits.ts'

type TypedArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Float32Array
  | Float64Array
export type ValueArray = TypedArray | BigInt64Array | BigUint64Array

export type ArrayConstructor<A extends ValueArray> = new (length: number) => A

const FIRST_CAPACITY = 64

/** The array itself, or a copy of at least twice its size, so that `length` values fit. */
export function grown<A extends ValueArray>(array: A, length: number): A {
  if (length <= array.length) return array
  const larger = new (array.constructor as ArrayConstructor<A>)(Math.max(length, array.length * 2, FIRST_CAPACITY))
  // `set` of a typed array accepts its own kind, which the union of kinds hides from the compiler.
  ;(larger as Uint8Array).set(array as Uint8Array)
  return larger
}

/** The first `length` values: a view if little is wasted, otherwise a copy, so that no half-empty buffer outlives its builder. */
export function trimmed<A extends ValueArray>(array: A, length: number): A {
  const wasteful = array.length - length > length >> 2
  return (wasteful ? array.slice(0, length) : array.subarray(0, length)) as A
}

/** Validity bits of a column, created at the first null. */
export interface Validity {
  /** Set the bit of the value at `index`: bits are written in order, so that a truncated column can be appended to. */
  set(index: number, valid: boolean): void
  /** Return the bitmap of `length` values and its null count, and reset. */
  take(length: number): { readonly bitmap: Uint8Array; readonly nullCount: number }
}

export function validity(): Validity {
  let bits: Uint8Array | undefined
  return {
    set(index, valid) {
      if (bits === undefined) {
        if (valid) return
        bits = new Uint8Array(Math.max(FIRST_CAPACITY, (index >> 3) + 1)).fill(255)
      }
      const byte = index >> 3
      if (byte >= bits.length) bits = grownBits(bits, byte + 1)
      if (valid) bits[byte] = (bits[byte] ?? 0) | (1 << (index & 7))
      else bits[byte] = (bits[byte] ?? 0) & ~(1 << (index & 7))
    },
    take(length) {
      const all = bits
      bits = undefined
      if (all === undefined) return { bitmap: new Uint8Array(0), nullCount: 0 }
      const nullCount = length - countBits(all, length)
      if (nullCount === 0) return { bitmap: new Uint8Array(0), nullCount }
      return { bitmap: trimmed(all, (length + 7) >> 3), nullCount }
    },
  }
}

function grownBits(bits: Uint8Array, bytes: number): Uint8Array {
  const larger = grown(bits, bytes)
  return larger.fill(255, bits.length)
}

export interface ColumnParts {
  readonly values?: ValueArray
  readonly valueOffsets?: Int32Array | BigInt64Array
  readonly validity?: { readonly bitmap: Uint8Array; readonly nullCount: number }
  readonly children?: Data[]
  readonly dictionary?: Vector
  readonly variadicBuffers?: readonly Uint8Array[]
}

/** Make an Arrow column over finished buffers. */
export function columnData<T extends DataType>(type: T, length: number, parts: ColumnParts): Data<T> {
  const { bitmap, nullCount } = parts.validity ?? { bitmap: new Uint8Array(0), nullCount: 0 }
  // Arrow types a buffer by the column's type, which is not known here.
  const buffers = [parts.valueOffsets, parts.values, bitmap] as unknown as Data<T>['buffers']
  const { children, dictionary, variadicBuffers } = parts
  return new Data<T>(type, 0, length, nullCount, buffers, children, dictionary, variadicBuffers)
}
