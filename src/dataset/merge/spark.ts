import type { FileNotes } from './schema.ts'
import { sourceError } from './source-error.ts'

/** Keys in the footer that determine how Spark reads dates and times: in the old Julian calendar, or in the named time zone. */
const CALENDAR_KEYS = ['org.apache.spark.legacyDateTime', 'org.apache.spark.legacyINT96', 'org.apache.spark.timeZone']
export const SPARK_VERSION = 'org.apache.spark.version'

/** @throws MillraceError `TYPE_MISMATCH` if dates or times of two files follow different rules, which one footer cannot express. */
export function checkSameCalendar(first: FileNotes, other: FileNotes, index: number): void {
  const hasInt96 = first.schema.some(({ type }) => type === 'INT96')
  const hasTimes =
    hasInt96 || first.schema.some(({ logical }) => logical?.kind === 'date' || logical?.kind === 'timestamp')
  // Readers treat INT96 as microseconds for Spark only.
  const differs =
    (hasTimes && calendarOf(first) !== calendarOf(other)) ||
    (hasInt96 && first.keyValues.has(SPARK_VERSION) !== other.keyValues.has(SPARK_VERSION))
  if (!differs) return
  const rule = `its dates or times follow other rules than those of sources.0, by the footer's keys ${SPARK_VERSION} and ${CALENDAR_KEYS.join(', ')}; rewrite one of them`
  throw sourceError(index, 'TYPE_MISMATCH', rule)
}

function calendarOf({ keyValues }: FileNotes): string {
  const version = keyValues.get(SPARK_VERSION)
  const isOld = version !== undefined && isLower(version, '3')
  return JSON.stringify([isOld, ...CALENDAR_KEYS.map((key) => keyValues.get(key) ?? null)])
}

/** Test whether a version, such as `3.5.1`, comes before another. */
export function isLower(version: string, than: string): boolean {
  const [own, other] = [version, than].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0))
  for (let part = 0; part < Math.max(own?.length ?? 0, other?.length ?? 0); part++) {
    const difference = (own?.[part] ?? 0) - (other?.[part] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}
