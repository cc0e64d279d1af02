import type { Data, Field } from 'apache-arrow'
import { MillraceError } from '../errors.ts'
import { checkOptions } from '../internal/check-arguments.ts'
import { isWellFormed } from '../internal/well-formed.ts'

/** Rule that derives the partition of a row from its columns, created by `byDay`, `byBucket` and similar functions; the columns stay in the file. */
export interface PartitionRule {
  /** The partition's name in the path: `dt` of `dt=2026-01-05`. */
  readonly name: string
  /** The columns that it uses; undefined for all. */
  readonly columns: readonly string[] | undefined
  /** Facts of the values for Athena's partition projection. */
  readonly projection: RuleProjection
  /**
   * Begin a run over columns of these fields.
   *
   * @throws MillraceError `TYPE_MISMATCH` for columns that the rule does not support.
   */
  start(fields: readonly Field[]): PartitionNumbers
}

/** Dates in a Java pattern, or whole numbers. */
export type RuleProjection =
  | { readonly type: 'date'; readonly format: string; readonly unit: 'YEARS' | 'MONTHS' | 'DAYS' | 'HOURS' }
  | { readonly type: 'integer'; readonly range: readonly [first: number, last: number] }

/** Numbers of partition values in one run. */
export interface PartitionNumbers {
  /**
   * Write a number, from 0, for every row; rows with the same value have the same number.
   *
   * @param before - rows of earlier batches, for errors.
   */
  number(columns: readonly Data[], rows: number, out: Int32Array, before: number): void
  /** Get the value of a number. */
  valueOf(number: number): string | null
}

export interface PartitionRuleOptions {
  /** The partition's name, instead of the rule's default. */
  readonly as?: string
}

/** Check the name of a rule's partition. */
export function ruleName(entry: string, options: PartitionRuleOptions | undefined, usual: string): string {
  checkOptions(entry, options, { as: 'text' })
  const name = options?.as ?? usual
  if (isWellFormed(name)) return name
  throw new MillraceError('OPTION_INVALID', `${entry}: as must be well-formed Unicode, without lone surrogates`)
}
