import { MillraceError } from '../errors.ts'
import { unknownName } from '../internal/check-arguments.ts'

/** The range of a number, and its default; without a default it is required. */
export type Range = readonly [min: number, max: number, absent?: number]

/** Larger than on any bill, and small enough that products of a few such numbers stay finite. */
export const MANY = 1e18
/** The slowest rate, in any unit: a divisor. */
export const SLOWEST = 1e-6
/** Any amount. */
export const AMOUNT: Range = [0, MANY]
/** Any count from 1. */
export const COUNT: Range = [1, MANY]

/**
 * Check an object of numbers: its kind, its names, and each number's range. The message names the range and quotes no value.
 *
 * @param ranges - by name; undefined for a field that the caller checks.
 */
export function checkRanges(
  entry: string,
  bag: object,
  ranges: Readonly<Record<string, Range | undefined>>,
  what = 'its first argument',
): void {
  checkNames(entry, what, bag, ranges)
  for (const [name, range] of Object.entries(ranges)) {
    if (range) checkRange(entry, name, (bag as Readonly<Record<string, unknown>>)[name] ?? range[2], range[0], range[1])
  }
}

/**
 * Replace numbers of a table by a caller's. Each must have the shape of the replaced one.
 *
 * @throws MillraceError `OPTION_INVALID` for an unknown name, a missing member, or a value that is not a number from
 * `min`; `TYPE_MISMATCH` for a value that is not an object.
 */
export function replaceIn<T extends object>(entry: string, what: string, table: T, given: Partial<T> = {}, min = 0): T {
  checkNames(entry, what, given, table)
  const own = Object.entries(given).filter(([, value]) => value !== undefined)
  for (const [name, value] of own) checkLike(entry, name, value, table[name as keyof T], min)
  return { ...table, ...Object.fromEntries(own) }
}

/** Check that options are an object, not a source, without names that the model lacks. */
export function checkNames(entry: string, what: string, bag: object, model: object): void {
  const refuse = (code: 'TYPE_MISMATCH' | 'OPTION_INVALID', rule: string): never => {
    throw new MillraceError(code, `${entry}: ${rule}`)
  }
  if (Object.prototype.toString.call(bag) !== '[object Object]') refuse('TYPE_MISMATCH', `${what} must be an object`)
  const names = Object.keys(model)
  for (const [name, value] of Object.entries(bag))
    if (value !== undefined && !names.includes(name)) refuse('OPTION_INVALID', unknownName(name, names))
}

function checkRange(entry: string, name: string, value: unknown, min: number, max: number): void {
  if (typeof value === 'number' && value >= min && value <= max) return
  throw new MillraceError('OPTION_INVALID', `${entry}: ${name} must be a number from ${min} to ${max}`)
}

function checkLike(entry: string, name: string, value: unknown, model: unknown, min: number): void {
  if (typeof model === 'number') checkRange(entry, name, value, min, MANY)
  for (const [key, inner] of Object.entries(Object(model)))
    checkLike(entry, `${name}.${key}`, Object(value)[key], inner, min)
}
