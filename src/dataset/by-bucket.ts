import { type Data, DataType, DateUnit, type Field, TimeUnit } from 'apache-arrow'
import { columnTypeName } from '../columns/column-type.ts'
import { decodeDictionary } from '../columns/decode-dictionary.ts'
import { asWords } from '../columns/gather.ts'
import { offsetsOf } from '../columns/layout.ts'
import { isValid } from '../columns/validity.ts'
import { MillraceError } from '../errors.ts'
import { checkArgument } from '../internal/check-arguments.ts'
import { checkCount } from '../internal/check-count.ts'
import { wordsToBigInt } from '../internal/decimal.ts'
import { murmur3, murmur3OfInt64 } from '../internal/murmur3.ts'
import { type PartitionNumbers, type PartitionRule, type PartitionRuleOptions, ruleName } from './partition-rule.ts'

export const MAX_BUCKETS = 2 ** 31 - 1

/**
 * Partition by a hash of one column into a number of buckets, as Iceberg's bucket transform does: Spark, Trino and
 * others compute the same number.
 *
 * Murmur3 of 32 bits over integers, dates, times and timestamps as 64-bit integers (timestamps in microseconds,
 * nanoseconds rounded down), decimals as the bytes of their unscaled value, text as UTF-8, bytes unchanged. Null is the
 * null partition.
 *
 * @param column - a column of integers, decimals, dates, times, timestamps, text or bytes.
 * @param buckets - number of buckets, from 1.
 * @param options.as - the partition's name, `bucket` when absent.
 * @returns a rule for `datasetSink` and `athenaTable`. O(bytes of the column).
 * @throws MillraceError `OPTION_INVALID` for an invalid number of buckets, or an unknown option; `TYPE_MISMATCH`, when
 * used, for a column of another type (floats and booleans have no bucket), and for an integer or instant beyond 64
 * bits.
 * @see https://iceberg.apache.org/spec/#appendix-b-32-bit-hash-requirements
 * @example
 * byBucket('user_id', 16, { as: 'shard' }).name // => 'shard'
 */
export function byBucket(column: string, buckets: number, options?: PartitionRuleOptions): PartitionRule {
  checkArgument('byBucket', 'column', column, 'string', "write byBucket('user_id', 16)")
  checkCount('buckets', buckets, 1, MAX_BUCKETS)
  return {
    name: ruleName('byBucket', options, 'bucket'),
    columns: [column],
    projection: { type: 'integer', range: [0, buckets - 1] },
    start: ([field]) => bucketNumbers(field as Field, buckets),
  }
}

function bucketNumbers({ name, type }: Field, buckets: number): PartitionNumbers {
  hashReader(type, name)
  return {
    valueOf: (number) => (number === buckets ? null : String(number)),
    number([column], rows, out, before) {
      const given = column as Data
      const data = DataType.isDictionary(given.type) ? decodeDictionary(given) : given
      const hash = hashReader(data.type, name)(data, before)
      const { nullBitmap, nullCount, offset } = data
      for (let row = 0; row < rows; row++) {
        const isNull = nullCount > 0 && !isValid(nullBitmap, offset + row)
        out[row] = isNull ? buckets : (hash(row) & 0x7fffffff) % buckets
      }
    },
  }
}

/** Computes the hash of each cell of a column. */
type HashReader = (data: Data, before: number) => (row: number) => number

function hashReader(type: DataType, column: string): HashReader {
  if (DataType.isDictionary(type)) return hashReader(type.dictionary, column)
  if (DataType.isInt(type)) return type.bitWidth < 64 ? hashSmall(1) : hashWords(type.isSigned, column)
  if (DataType.isDate(type)) return type.unit === DateUnit.DAY ? hashSmall(1) : hashDateMs
  if (DataType.isTime(type)) return type.bitWidth === 32 ? hashSmall(1e6 / perSecond(type.unit)) : hashTime64(type.unit)
  if (DataType.isTimestamp(type)) return hashTimestamp(type.unit, column)
  if (DataType.isDecimal(type)) return hashDecimal(type.bitWidth / 32)
  if (DataType.isUtf8(type) || DataType.isBinary(type) || DataType.isLargeUtf8(type) || DataType.isLargeBinary(type)) {
    return hashBytes
  }
  if (DataType.isFixedSizeBinary(type)) {
    const { byteWidth } = type
    return ({ values }) => {
      const bytes: Uint8Array = values
      return (row) => murmur3(bytes, row * byteWidth, (row + 1) * byteWidth)
    }
  }
  if (DataType.isNull(type)) return () => () => 0
  const rule = `a column of type ${columnTypeName(type)} has no bucket: cast it to int64, a decimal or string first`
  throw new MillraceError('TYPE_MISMATCH', rule, { position: { column } })
}

function hashSmall(factor: number): HashReader {
  return ({ values }) => {
    const numbers: Int32Array = values
    return (row) => hashNumber((numbers[row] as number) * factor)
  }
}

/** Hash a whole number that a double represents. */
function hashNumber(value: number): number {
  return murmur3OfInt64(value | 0, Math.floor(value / 2 ** 32))
}

function hashBig(value: bigint, position: { readonly row: number; readonly column: string }): number {
  if (BigInt.asIntN(64, value) !== value) {
    const rule = 'a value does not fit the 64 bits from which a bucket is computed'
    throw new MillraceError('TYPE_MISMATCH', rule, { position })
  }
  return murmur3OfInt64(Number(BigInt.asIntN(32, value)), Number(value >> 32n))
}

function hashWords(isSigned: boolean, column: string): HashReader {
  return ({ values }, before) => {
    const words = asWords(values)
    const ofWords = (row: number): number => murmur3OfInt64(words[2 * row] as number, words[2 * row + 1] as number)
    if (isSigned) return ofWords
    return (row) =>
      (words[2 * row + 1] as number) < 0 ? hashBig(values[row], { row: before + row + 1, column }) : ofWords(row)
  }
}

const DAY_MS = 86_400_000n

const hashDateMs: HashReader = ({ values }) => {
  return (row) => hashNumber(Number(floored(values[row], DAY_MS)))
}

function hashTime64(unit: TimeUnit): HashReader {
  return ({ values }) => {
    const divisor = unit === TimeUnit.NANOSECOND ? 1000n : 1n
    return (row) => hashNumber(Number(floored(values[row], divisor)))
  }
}

function hashTimestamp(unit: TimeUnit, column: string): HashReader {
  if (unit === TimeUnit.MICROSECOND) return hashWords(true, column)
  const factor = BigInt(1e6 / Math.min(1e6, perSecond(unit)))
  const divisor = unit === TimeUnit.NANOSECOND ? 1000n : 1n
  return ({ values }, before) => {
    return (row) => hashBig(floored(values[row] * factor, divisor), { row: before + row + 1, column })
  }
}

function perSecond(unit: TimeUnit): number {
  return 1000 ** unit
}

function floored(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor
  return quotient * divisor > value ? quotient - 1n : quotient
}

/** The unscaled value, big-endian, in the fewest bytes of its two's complement. */
function hashDecimal(words: number): HashReader {
  const bytes = new Uint8Array(words * 4)
  return ({ values }) => {
    return (row) => {
      const value = wordsToBigInt(values, row * words, words)
      let rest = value
      let start = bytes.length
      do {
        bytes[--start] = Number(rest & 255n)
        rest >>= 8n
      } while (rest !== (((bytes[start] as number) & 128) === 0 ? 0n : -1n))
      return murmur3(bytes, start)
    }
  }
}

const hashBytes: HashReader = (data) => {
  const bytes: Uint8Array = data.values
  const offsets = offsetsOf(data)
  return (row) => murmur3(bytes, offsets[row] as number, offsets[row + 1] as number)
}
