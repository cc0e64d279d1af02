import * as types from 'node:util/types'
import { MillraceError } from '../errors.ts'
import { checkArgument, checkOptions, notA } from '../internal/check-arguments.ts'
import { checkChoice } from '../internal/check-choice.ts'

/** One requirement for a complete record, and its weight. */
export interface ScoreRule {
  readonly name: string
  /** Its share of the score, relative to the sum of all weights. */
  readonly weight: number
  /** Returns true if the requirement holds. */
  test(record: Readonly<Record<string, unknown>>): boolean
}

export type ScoreRules = readonly ScoreRule[]

export interface RequiredFieldsOptions {
  /** `truthy` (default): empty, zero and false values do not count. `defined`: all values except null and undefined count. */
  readonly present?: 'truthy' | 'defined'
}

/**
 * Make rules by which each of these fields counts equally if present.
 *
 * `truthy` is as in Python, except for NaN: null, '', 0, false, NaN, empty lists, bytes, maps and objects do not count.
 *
 * @example
 * validationScore({ id: 7, name: '' }, requiredFields(['id', 'name'])) // => 50
 */
export function requiredFields(names: readonly string[], options: RequiredFieldsOptions = {}): ScoreRules {
  checkArgument('requiredFields', 'names', names, 'strings', "write requiredFields(['id', 'amount'])")
  checkOptions('requiredFields', options, { present: 'string' })
  const { present = 'truthy' } = options
  checkChoice('present', present, ['truthy', 'defined'])
  const isPresent = present === 'truthy' ? isTruthy : (value: unknown) => value !== null && value !== undefined
  return names.map((name) => {
    // An inherited `constructor` is not a field of the record.
    const isOwn = name in Object.prototype ? Object.hasOwn : () => true
    return { name, weight: 25, test: (record) => isPresent(record[name]) && isOwn(record, name) }
  })
}

/**
 * Score the completeness of a record: the weight share of the rules that hold, from 0 to 100, rounded.
 *
 * @param rules - default: `event_id`, `event_type`, `user_id` and `amount`, 25 each. No rules at all score 100.
 * @throws MillraceError `OPTION_INVALID` for a weight that is negative or not a number, or weights that are all 0;
 * `TYPE_MISMATCH` for a value that is not an object.
 * @example
 * validationScore({ event_id: 'e1', event_type: 'click', user_id: 'u1', amount: 0 }) // => 75
 */
export function validationScore(
  record: Readonly<Record<string, unknown>>,
  rules: ScoreRules = requiredFields(['event_id', 'event_type', 'user_id', 'amount']),
): number {
  if (typeof record !== 'object' || record === null) {
    throw notA('validationScore', 'the record', 'an object of fields', record)
  }
  checkRules('validationScore', rules)
  const total = totalWeight(rules)
  let held = 0
  for (const rule of rules) if (rule.test(record)) held += rule.weight
  return total === 0 ? 100 : Math.round((100 * held) / total)
}

/** Reject invalid rules: a score over `undefined` tests would be NaN. */
export function checkRules(entry: string, rules: unknown): void {
  const isRules = Array.isArray(rules) && rules.every((rule) => typeof Object(rule).test === 'function')
  if (!isRules) throw notA(entry, 'rules', 'an array of rules', rules, "write requiredFields(['id', 'amount'])")
}

function totalWeight(rules: ScoreRules): number {
  let total = 0
  for (const { name, weight } of rules) {
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new MillraceError(
        'OPTION_INVALID',
        `the weight of score rule ${JSON.stringify(name)} is not a number, 0 or more`,
      )
    }
    total += weight
  }
  if (total === 0 && rules.length > 0) throw new MillraceError('OPTION_INVALID', 'the weights of all score rules are 0')
  return total
}

function isTruthy(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value)
  if (Array.isArray(value)) return value.length > 0
  if (ArrayBuffer.isView(value)) return value.byteLength > 0
  if (value instanceof Map || value instanceof Set) return value.size > 0
  return types.isDate(value) || Object.keys(value).length > 0
}
