import { type Data, DataType, DateUnit, type Field, TimeUnit } from 'apache-arrow'
import { columnTypeName } from '../columns/column-type.ts'
import { asWords } from '../columns/gather.ts'
import { isValid } from '../columns/validity.ts'
import { MillraceError } from '../errors.ts'
import { checkArgument } from '../internal/check-arguments.ts'
import type { PartitionNumbers, PartitionRule, PartitionRuleOptions, RuleProjection } from './partition-rule.ts'
import { ruleName } from './partition-rule.ts'

/**
 * Partition by the year of a date or timestamp, in UTC: `year=2026`.
 *
 * @param column - a column of dates or timestamps of any unit; a timestamp without a time zone is used unchanged. Null is the null partition.
 * @param options.as - the partition's name, `year` when absent.
 * @returns a rule for `datasetSink` and `athenaTable`. O(rows).
 * @throws MillraceError `TYPE_MISMATCH`, when used, for a column of another type, and for an instant beyond the range
 * of `Date`; `OPTION_INVALID` for an unknown option.
 * @example
 * byYear('created_at').name // => 'year'
 */
export function byYear(column: string, options?: PartitionRuleOptions): PartitionRule {
  return byPeriod('byYear', column, options, YEAR)
}

/**
 * Partition by the month of a date or timestamp, in UTC: `month=2026-01`. Like {@link byYear}.
 *
 * @example
 * byMonth('created_at').name // => 'month'
 */
export function byMonth(column: string, options?: PartitionRuleOptions): PartitionRule {
  return byPeriod('byMonth', column, options, MONTH)
}

/**
 * Partition by the day of a date or timestamp, in UTC: `dt=2026-01-05`. Like {@link byYear}.
 *
 * @example
 * byDay('created_at', { as: 'day' }).name // => 'day'
 */
export function byDay(column: string, options?: PartitionRuleOptions): PartitionRule {
  return byPeriod('byDay', column, options, DAY)
}

/**
 * Partition by the hour of a date or timestamp, in UTC: `hour=2026-01-05-13`. Like {@link byYear}.
 *
 * @example
 * byHour('created_at').name // => 'hour'
 */
export function byHour(column: string, options?: PartitionRuleOptions): PartitionRule {
  return byPeriod('byHour', column, options, HOUR)
}

interface Period {
  readonly name: string
  /** Hours evaluated together: one day for a year or month, since these differ in length. */
  readonly hours: 1 | 24
  readonly projection: RuleProjection
  /** Length of the prefix of an instant's ISO text. */
  text(date: string, hour: string): string
}

const YEAR: Period = {
  name: 'year',
  hours: 24,
  projection: { type: 'date', format: 'yyyy', unit: 'YEARS' },
  text: (date) => date.slice(0, -6),
}
const MONTH: Period = {
  name: 'month',
  hours: 24,
  projection: { type: 'date', format: 'yyyy-MM', unit: 'MONTHS' },
  text: (date) => date.slice(0, -3),
}
const DAY: Period = {
  name: 'dt',
  hours: 24,
  projection: { type: 'date', format: 'yyyy-MM-dd', unit: 'DAYS' },
  text: (date) => date,
}
const HOUR: Period = {
  name: 'hour',
  hours: 1,
  projection: { type: 'date', format: 'yyyy-MM-dd-HH', unit: 'HOURS' },
  text: (date, hour) => `${date}-${hour}`,
}

const HOUR_MS = 3_600_000
/** Range of `Date`. */
const MAX_MS = 8.64e15

function byPeriod(
  entry: string,
  column: string,
  options: PartitionRuleOptions | undefined,
  period: Period,
): PartitionRule {
  checkArgument(entry, 'column', column, 'string', `write ${entry}('created_at')`)
  return {
    name: ruleName(entry, options, period.name),
    columns: [column],
    projection: period.projection,
    start: ([field]) => periodNumbers(field as Field, period),
  }
}

function periodNumbers({ name: column, type }: Field, period: Period): PartitionNumbers {
  const unitsPerHour = unitsOfHour(type, column)
  const unitsPerStep = unitsPerHour * period.hours
  const values: (string | null)[] = []
  const known = new Map<number | null, number>()
  const numberOf = (step: number | null, row: number): number => {
    const found = known.get(step)
    if (found !== undefined) return found
    const value = step === null ? null : textOf(step * period.hours * HOUR_MS, period, { row, column })
    // All days of a month have one value.
    const same = values.indexOf(value)
    const number = same >= 0 ? same : values.push(value) - 1
    known.set(step, number)
    return number
  }
  return {
    valueOf: (number) => values[number] as string | null,
    number([data], rows, out, before) {
      const { nullBitmap, nullCount, offset } = data as Data
      const stepOf = stepReader(data as Data, unitsPerStep)
      let last: number | null | undefined
      let number = 0
      for (let row = 0; row < rows; row++) {
        const step = nullCount > 0 && !isValid(nullBitmap, offset + row) ? null : stepOf(row)
        if (step !== last) number = numberOf(step, before + row + 1)
        last = step
        out[row] = number
      }
    },
  }
}

/** Units of a column per hour; 1/24 for dates, whose unit is a day. */
function unitsOfHour(type: DataType, column: string): number {
  if (DataType.isDate(type)) return type.unit === DateUnit.DAY ? 1 / 24 : HOUR_MS
  if (DataType.isTimestamp(type)) {
    return type.unit === TimeUnit.SECOND ? 3600 : HOUR_MS * 1000 ** (type.unit - TimeUnit.MILLISECOND)
  }
  const rule = `a period needs a date or timestamp, not ${columnTypeName(type)}; cast the column first`
  throw new MillraceError('TYPE_MISMATCH', rule, { position: { column } })
}

/** Index of a row's step of a number of units: the quotient rounded down, exact for all 64 bits. */
function stepReader({ type, values }: Data, unitsPerStep: number): (row: number) => number {
  if (DataType.isDate(type) && type.unit === DateUnit.DAY) {
    const days: Int32Array = values
    return (row) => Math.floor((days[row] as number) / unitsPerStep)
  }
  const words = asWords(values)
  const divisor = BigInt(unitsPerStep)
  return (row) => {
    const high = words[2 * row + 1] as number
    const units = high * 2 ** 32 + ((words[2 * row] as number) >>> 0)
    // A double is exact only below 2**53, and off by at most 512 beyond.
    const step = Math.floor(units / unitsPerStep)
    const rest = units - step * unitsPerStep
    const isSure = (high >= -(2 ** 21) && high < 2 ** 21) || (rest > 2048 && rest < unitsPerStep - 2048)
    return isSure ? step : exactStep(values[row], divisor)
  }
}

function exactStep(units: bigint, divisor: bigint): number {
  const step = units / divisor
  return Number(step * divisor > units ? step - 1n : step)
}

function textOf(ms: number, period: Period, position: { readonly row: number; readonly column: string }): string {
  if (Math.abs(ms) > MAX_MS) {
    throw new MillraceError('TYPE_MISMATCH', 'an instant is beyond the range of Date', { position })
  }
  const [date = '', time = ''] = new Date(ms).toISOString().split('T')
  return period.text(date, time.slice(0, 2))
}
