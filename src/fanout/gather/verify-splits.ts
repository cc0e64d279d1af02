import { MillraceError } from '../../errors.ts'
import { notA } from '../../internal/check-arguments.ts'
import type { Split, SplitPlan, SplitReport } from './split.ts'

/** Total rows and bytes of a plan. */
export interface VerifiedSplits {
  readonly rows: number
  readonly refused: number
  readonly bytes: number
}

/**
 * Verify that each split of a plan was read once and as planned, so that the splits add up to the objects.
 *
 * A repeated, identical report is allowed: workers may run twice.
 *
 * @param plan - what `planSplits` returned.
 * @param reports - reports of `readSplit`, in any order.
 * @returns the sums. O(splits).
 * @throws MillraceError `SPLIT_MISMATCH` if a report is missing, is repeated with different content, belongs to another
 * plan, or covers other bytes than planned; the message names the split.
 * @example
 * verifySplits({ id: 'p', splits: [], objects: 0, bytes: 0 }, []) // => { rows: 0, refused: 0, bytes: 0 }
 */
export function verifySplits(plan: SplitPlan, reports: Iterable<SplitReport>): VerifiedSplits {
  if (typeof plan !== 'object' || plan === null || !Array.isArray(plan.splits))
    throw notA('verifySplits', 'plan', 'a plan of planSplits', plan)
  if (typeof reports !== 'object' || reports === null || !(Symbol.iterator in reports))
    throw notA('verifySplits', 'reports', 'an iterable of reports', reports)
  for (const split of plan.splits as readonly unknown[])
    if (typeof split !== 'object' || split === null) throw notA('verifySplits', 'a split of the plan', 'a Split', split)
  const found = new Map<number, SplitReport>()
  for (const report of reports) {
    if (typeof report !== 'object' || report === null) throw notA('verifySplits', 'a report', 'a SplitReport', report)
    checkReport(plan, report)
    const earlier = found.get(report.index)
    if (earlier !== undefined && !isSame(earlier, report))
      throw mismatch(report.index, 'has two reports that differ; the object or the code changed between two runs')
    found.set(report.index, report)
  }
  let rows = 0
  let refused = 0
  for (const { index } of plan.splits as readonly Split[]) {
    const report = found.get(index)
    if (report === undefined)
      throw mismatch(index, `has no report; ${found.size} of ${plan.splits.length} splits have one`)
    rows += report.rows
    refused += report.refused
  }
  return { rows, refused, bytes: plan.bytes }
}

function checkReport({ id, splits }: SplitPlan, { plan, index, rows, refused, bytes }: SplitReport): void {
  const split = splits[index]
  if (plan !== id || split === undefined || split.index !== index)
    throw mismatch(index, 'is of another plan than its report')
  if (bytes !== split.end - split.start)
    throw mismatch(
      index,
      `covers ${split.end - split.start} bytes, but its report has ${typeof bytes === 'number' ? bytes : 'no number'}`,
    )
  if (!isCount(rows) || !isCount(refused)) throw mismatch(index, 'has a report without numbers of rows')
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isSame(one: SplitReport, other: SplitReport): boolean {
  return one.rows === other.rows && one.refused === other.refused
}

/** An index that a report or a plan has is any value, until it is known to be a number. */
function mismatch(index: unknown, rule: string): MillraceError {
  const name = typeof index === 'number' ? index : 'without a number'
  return new MillraceError('SPLIT_MISMATCH', `verifySplits: split ${name} ${rule}`)
}
