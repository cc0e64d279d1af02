import type { DataType } from 'apache-arrow'
import { type ArrayConstructor, columnData, grown, trimmed, type ValueArray, validity } from './buffers.ts'
import type { ColumnBuilder } from './builder.ts'

/** A builder over one typed array. `encode` returns the stored value, or undefined if the value does not fit. */
export function fixedBuilder<T extends DataType, A extends ValueArray>(
  type: T,
  ArrayType: ArrayConstructor<A>,
  encode: (value: unknown) => A[number] | undefined,
): ColumnBuilder<T> {
  let values = new ArrayType(0)
  let length = 0
  const valid = validity()
  const push = (value: A[number], isValid: boolean): void => {
    values = grown(values, length + 1)
    values[length] = value
    valid.set(length++, isValid)
  }
  const zero = new ArrayType(1)[0] as A[number]
  return {
    type,
    get length() {
      return length
    },
    append(value) {
      if (value === null || value === undefined) {
        push(zero, false)
        return true
      }
      const encoded = encode(value)
      if (encoded === undefined) return false
      push(encoded, true)
      return true
    },
    appendNull: () => push(zero, false),
    truncate(to) {
      length = to
    },
    finish() {
      const data = columnData(type, length, { values: trimmed(values, length), validity: valid.take(length) })
      values = new ArrayType(0)
      length = 0
      return data
    },
  }
}
