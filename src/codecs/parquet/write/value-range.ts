import { type Data, DataType } from 'apache-arrow'
import { isDateMillisecond, isSeconds } from './leaf-type.ts'
import { MS_PER_DAY } from './physical-data.ts'

export interface Misfit {
  /** Number of values before it. */
  readonly index: number
  readonly rule: string
}

const MAX_SECONDS = (2n ** 63n - 1n) / 1000n
const MAX_SECOND_OF_DAY = 86_400

/** The first value that its Parquet type cannot hold exactly; undefined if all fit, as they always do for most types. */
export function misfitSlot(data: Data, slots: Int32Array | undefined, count: number): Misfit | undefined {
  const { type } = data
  if (DataType.isDecimal(type)) return decimalMisfit(data, type.precision, slots, count)
  if (isDateMillisecond(type)) {
    const rule = 'a date in milliseconds is not a whole day: cast the column to timestamp'
    return firstMisfit(slots, count, rule, (slot) => (data.values[slot] as bigint) % MS_PER_DAY === 0n)
  }
  if (!isSeconds(type)) return undefined
  if (DataType.isTime(type)) {
    const rule = 'a time of day is beyond 24 hours'
    return firstMisfit(slots, count, rule, (slot) => Math.abs(data.values[slot] as number) <= MAX_SECOND_OF_DAY)
  }
  const rule = 'a timestamp in seconds does not fit 64 bits in milliseconds'
  return firstMisfit(slots, count, rule, (slot) => {
    const seconds: bigint = data.values[slot]
    return seconds <= MAX_SECONDS && seconds >= -MAX_SECONDS
  })
}

function firstMisfit(
  slots: Int32Array | undefined,
  count: number,
  rule: string,
  fits: (slot: number) => boolean,
): Misfit | undefined {
  for (let i = 0; i < count; i++) {
    if (!fits(slots === undefined ? i : (slots[i] as number))) return { index: i, rule }
  }
  return undefined
}

/** |value| < 10 ** precision, word by word from the top, on sign and magnitude. */
function decimalMisfit(
  { values, stride }: Data,
  precision: number,
  slots: Int32Array | undefined,
  count: number,
): Misfit | undefined {
  const limit = limitWords(10n ** BigInt(precision), stride)
  return firstMisfit(slots, count, `a decimal has more than ${precision} digits: cast the column`, (slot) => {
    const at = slot * stride
    const isNegative = (values[at + stride - 1] as number) >>> 31 === 1
    let borrow = 0
    // magnitude - limit must borrow out of the top word; -value is ~value + 1, computed on the way.
    let carry = isNegative ? 1 : 0
    for (let word = 0; word < stride; word++) {
      let magnitude = values[at + word] as number
      if (isNegative) {
        magnitude = (~magnitude >>> 0) + carry
        carry = magnitude > 0xffffffff ? 1 : 0
        magnitude >>>= 0
      }
      borrow = magnitude - borrow < (limit[word] as number) ? 1 : 0
    }
    return borrow === 1
  })
}

function limitWords(limit: bigint, count: number): number[] {
  return Array.from({ length: count }, (_, word) => Number((limit >> BigInt(word * 32)) & 0xffffffffn))
}
