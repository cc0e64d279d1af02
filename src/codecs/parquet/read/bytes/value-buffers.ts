import { exceeded } from '../invalid.ts'

/**
 * Values of a fixed width, one after another, without gaps for nulls until `spread` inserts them. Booleans take one
 * byte each until they are packed.
 */
export interface FixedValues {
  readonly kind: 'fixed'
  readonly width: number
  bytes: Uint8Array
  count: number
}

/** Byte strings in Arrow's layout: `offsets[i]` to `offsets[i + 1]` of `bytes`. */
export interface ByteValues {
  readonly kind: 'bytes'
  offsets: Int32Array
  bytes: Uint8Array
  count: number
  /** Largest size of `bytes`. */
  readonly maxBytes: number
}

export type Values = FixedValues | ByteValues

/** The distinct values of a column chunk, as Arrow keeps them. */
export interface Dictionary {
  readonly values: Values
  /** Bytes of the longest value; 0 for values of a fixed width. */
  readonly longestValue: number
  /** Text that has been checked: what is taken from it needs no check. */
  readonly checked: boolean
}

export function fixedValues(width: number, capacity: number): FixedValues {
  return { kind: 'fixed', width, bytes: new Uint8Array(width * capacity), count: 0 }
}

export function byteValues(capacity: number, maxBytes = MAX_BYTES): ByteValues {
  return { kind: 'bytes', offsets: new Int32Array(capacity + 1), bytes: new Uint8Array(0), count: 0, maxBytes }
}

/** Make room for `count` more values. */
export function reserve(values: Values, count: number): void {
  const needed = values.count + count
  if (values.kind === 'bytes') {
    if (needed < values.offsets.length) return
    const offsets = new Int32Array(Math.max(needed + 1, values.offsets.length * 2))
    offsets.set(values.offsets)
    values.offsets = offsets
  } else if (needed * values.width > values.bytes.length) {
    const bytes = new Uint8Array(Math.max(needed * values.width, values.bytes.length * 2))
    bytes.set(values.bytes)
    values.bytes = bytes
  }
}

/** Make room for `length` more bytes after the last value; returns their start. */
export function reserveBytes(values: ByteValues, length: number): number {
  const used = usedBytes(values)
  if (used + length > values.maxBytes) {
    throw exceeded(`one batch of a column would take more than ${values.maxBytes} bytes (limits.maxRowBytes)`)
  }
  if (used + length > values.bytes.length) {
    const bytes = new Uint8Array(Math.max(used + length, Math.min(values.bytes.length * 2, used + length + MAX_SLACK)))
    bytes.set(values.bytes.subarray(0, used))
    values.bytes = bytes
  }
  return used
}

/** Arrow's offsets have 31 bits. */
const MAX_BYTES = 0x7fffffff
const MAX_SLACK = 8 * 1024 * 1024

export function usedBytes(values: ByteValues): number {
  return values.offsets[values.count] ?? 0
}

/** A typed view of fixed values, for kernels that move words instead of bytes. */
export function int32View(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2)
}

/** A view for unaligned words. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}
