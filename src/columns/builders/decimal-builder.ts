import type { Decimal } from 'apache-arrow'
import { parseDecimal } from '../../internal/decimal.ts'
import { columnData, grown, trimmed, validity } from './buffers.ts'
import type { ColumnBuilder } from './builder.ts'

/** Longer text is not a decimal of 76 digits, except with many redundant zeros. */
const LONGEST_TEXT = 256

/** Scaled integers of 128 or 256 bits. A bigint is the number itself: 5n in a column of scale 2 is 5.00. */
export function decimalBuilder(type: Decimal): ColumnBuilder<Decimal> {
  const { precision, scale } = type
  const words = type.bitWidth / 32
  let values = new Uint32Array(0)
  let length = 0
  const valid = validity()
  const push = (isValid: boolean): void => {
    valid.set(length++, isValid)
  }
  const appendNull = (): void => {
    values = grown(values, (length + 1) * words)
    values.fill(0, length * words, (length + 1) * words)
    push(false)
  }
  return {
    type,
    get length() {
      return length
    },
    append(value) {
      if (value === null || value === undefined) {
        appendNull()
        return true
      }
      const text = toText(value)
      if (text === undefined) return false
      values = grown(values, (length + 1) * words)
      const bytes = Buffer.from(text)
      if (!parseDecimal(bytes, 0, bytes.length, precision, scale, words, values, length)) return false
      push(true)
      return true
    },
    appendNull,
    truncate(to) {
      length = to
    },
    finish() {
      const data = columnData(type, length, { values: trimmed(values, length * words), validity: valid.take(length) })
      values = new Uint32Array(0)
      length = 0
      return data
    },
  }
}

function toText(value: unknown): string | undefined {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'string') return value.length <= LONGEST_TEXT ? value : undefined
  return typeof value === 'number' && isExactDecimal(value) ? String(value) : undefined
}

/** Check that a number's shortest text is certainly the decimal meant: a double keeps 15 digits, and integers up to 2**53. */
function isExactDecimal(value: number): boolean {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && Number(value.toPrecision(15)) === value)
}
