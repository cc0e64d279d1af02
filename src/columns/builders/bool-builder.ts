import type { Bool, Null } from 'apache-arrow'
import { columnData, grown, trimmed, validity } from './buffers.ts'
import type { ColumnBuilder } from './builder.ts'

export function boolBuilder(type: Bool): ColumnBuilder<Bool> {
  let bits = new Uint8Array(0)
  let length = 0
  const valid = validity()
  const push = (value: boolean, isValid: boolean): void => {
    const byte = length >> 3
    bits = grown(bits, byte + 1)
    const mask = 1 << (length & 7)
    bits[byte] = value ? (bits[byte] ?? 0) | mask : (bits[byte] ?? 0) & ~mask
    valid.set(length++, isValid)
  }
  return {
    type,
    get length() {
      return length
    },
    append(value) {
      if (value === null || value === undefined) push(false, false)
      else if (typeof value === 'boolean') push(value, true)
      else return false
      return true
    },
    appendNull: () => push(false, false),
    truncate(to) {
      length = to
    },
    finish() {
      const data = columnData(type, length, { values: trimmed(bits, (length + 7) >> 3), validity: valid.take(length) })
      bits = new Uint8Array(0)
      length = 0
      return data
    },
  }
}

/** The column of Arrow's null type, which holds only nulls. */
export function nullBuilder(type: Null): ColumnBuilder<Null> {
  let length = 0
  return {
    type,
    get length() {
      return length
    },
    append(value) {
      if (value !== null && value !== undefined) return false
      length++
      return true
    },
    appendNull() {
      length++
    },
    truncate(to) {
      length = to
    },
    finish() {
      const data = columnData(type, length, { validity: { bitmap: new Uint8Array(0), nullCount: length } })
      length = 0
      return data
    },
  }
}
