import { MillraceError } from '../../errors.ts'

/** A compiled date and time format of `strptime` directives. */
export interface DateFormat {
  /** The column type that follows from the directives. */
  readonly type: 'date' | 'time' | 'timestamp' | 'timestamp[us]'
  /** Parse a whole text; undefined if it does not match the format, or the day does not exist. */
  parse(text: string): DateParts | undefined
}

/** Days since 1970-01-01 and nanoseconds of the day, in UTC. Nanoseconds may lie outside the day by the offset from UTC. */
export interface DateParts {
  readonly days: number
  readonly nanoseconds: number
}

const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: '\\d{4}',
  y: '\\d{2}',
  m: '\\d{1,2}',
  d: '\\d{1,2}',
  H: '\\d{1,2}',
  I: '\\d{1,2}',
  M: '\\d{1,2}',
  S: '\\d{1,2}',
  f: '\\d{1,9}',
  z: 'Z|[-+]\\d{2}:?\\d{2}',
  b: 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec',
  p: 'am|pm',
}
const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec'
const DAY_MS = 86_400_000
const DAY_NANOSECONDS = 86_400e9

/** @throws MillraceError `OPTION_INVALID` for an unknown or repeated directive, and for directives that leave the day or time ambiguous. */
export function dateFormat(format: string): DateFormat {
  const used: string[] = []
  const pattern = format.replace(/%(.?)|[\s\S]/gu, (part, directive: string | undefined) => {
    if (directive === '%') return '%'
    if (directive === undefined) return part.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
    const source = Object.hasOwn(DIRECTIVES, directive) ? DIRECTIVES[directive] : undefined
    if (source === undefined) throw invalid(`%${directive} is not one of %Y %y %m %d %H %I %M %S %f %z %b %p %%`)
    if (used.includes(directive)) throw invalid(`%${directive} occurs twice`)
    used.push(directive)
    return `(?<${directive}>${source})`
  })
  const has = (directive: string): boolean => used.includes(directive)
  const count = (directives: string): number => [...directives].filter(has).length
  const hasDate = count('Yymbd') > 0
  const hasTime = count('HIMSfp') > 0
  if (hasDate && (count('Yy') !== 1 || count('mb') !== 1 || !has('d')))
    throw invalid('a date needs one year, one month and one day')
  if (hasTime && (count('HI') !== 1 || (has('I') && !has('p'))))
    throw invalid('a time needs one hour: %H, or %I and %p')
  if ((has('S') && !has('M')) || (has('f') && !has('S')))
    throw invalid('seconds need minutes, and their fraction needs seconds')
  if (has('z') && !(hasDate && hasTime)) throw invalid('%z needs a date and a time')
  if (!hasDate && !hasTime) throw invalid('the format has no directive')
  const expression = new RegExp(`^(?:${pattern})$`, 'iu')
  return {
    type: !hasTime ? 'date' : !hasDate ? 'time' : has('f') ? 'timestamp[us]' : 'timestamp',
    parse(text) {
      const parts = expression.exec(text)?.groups
      if (parts === undefined) return undefined
      const days = hasDate ? daysOf(parts) : 0
      const nanoseconds = nanosecondsOf(parts)
      return days === undefined || nanoseconds === undefined ? undefined : { days, nanoseconds }
    },
  }
}

type Parts = Readonly<Record<string, string>>

function daysOf({ Y, y, m, b, d }: Parts): number | undefined {
  // As in POSIX: 69 to 99 are in the 20th century.
  const year = Y === undefined ? Number(y) + (Number(y) < 69 ? 2000 : 1900) : Number(Y)
  const month = b === undefined ? Number(m) - 1 : MONTHS.indexOf(b.toLowerCase()) / 3
  const date = new Date(0)
  date.setUTCFullYear(year, month, Number(d))
  const isDay = date.getUTCFullYear() === year && date.getUTCMonth() === month && date.getUTCDate() === Number(d)
  return isDay ? date.getTime() / DAY_MS : undefined
}

function nanosecondsOf({ H, I, M = '0', S = '0', f = '', z = 'Z', p }: Parts): number | undefined {
  const isAfternoon = p?.toLowerCase() === 'pm'
  if (I !== undefined && (Number(I) < 1 || Number(I) > 12)) return undefined
  const hour = I === undefined ? Number(H ?? 0) : (Number(I) % 12) + (isAfternoon ? 12 : 0)
  // A 24-hour clock may be accompanied by AM or PM, which must then agree.
  if (H !== undefined && p !== undefined && hour >= 12 !== isAfternoon) return undefined
  if (hour > 23 || Number(M) > 59 || Number(S) > 59) return undefined
  const [, sign = '+', hours = '0', minutes = '0'] = /^([-+])(\d\d):?(\d\d)$/.exec(z) ?? []
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined
  const east = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60)
  return ((hour * 60 + Number(M)) * 60 + Number(S) - east) * 1e9 + Number(f.padEnd(9, '0'))
}

/** Days, and nanoseconds within them. */
export function normalizedParts({ days, nanoseconds }: DateParts): DateParts {
  const over = Math.floor(nanoseconds / DAY_NANOSECONDS)
  return { days: days + over, nanoseconds: nanoseconds - over * DAY_NANOSECONDS }
}

function invalid(reason: string): MillraceError {
  return new MillraceError('OPTION_INVALID', `formats: ${reason}`)
}
