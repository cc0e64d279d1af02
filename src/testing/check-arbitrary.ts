import { MillraceError } from '../errors.ts'
import { checkOptions, type Kind, notA } from '../internal/check-arguments.ts'
import { checkCount } from '../internal/check-count.ts'

/** The kinds of the options of the arbitraries. */
const KINDS = {
  payload: 'object',
  requestPayload: 'object',
  item: 'object',
  document: 'object',
  detail: 'object',
  image: 'object',
  key: 'object',
  numbers: 'object',
  minRecords: 'number',
  maxRecords: 'number',
  maxColumns: 'number',
  maxRows: 'number',
  maxKeys: 'number',
  fifo: 'boolean',
  isFromMsk: 'boolean',
  read: 'object',
  types: 'strings',
  binary: 'string',
} as const satisfies Record<string, Kind>

export type ArbitraryOption = keyof typeof KINDS

export const SIZED = ['payload', 'minRecords', 'maxRecords'] as const satisfies readonly ArbitraryOption[]

/** Options that are no arbitraries, though objects. */
const PLAIN: ReadonlySet<string> = new Set(['read'])

/** Far more than any event holds; an event of many more would not fit in memory. */
const MAX_COUNT = 1_000_000

/**
 * Check the options of an arbitrary.
 *
 * @param names - the options that it has. With `payload` come the counts of records, so that one set of options serves the events of every source; those of a
 *   single record ignore them.
 * @throws MillraceError `OPTION_INVALID` for others, and for counts that are none; `TYPE_MISMATCH` for what is no arbitrary.
 */
export function checkArbitrary(entry: string, options: object, names: readonly ArbitraryOption[]): void {
  const known = names.includes('payload') ? [...names, ...SIZED] : names
  checkOptions(entry, options, Object.fromEntries(known.map((name) => [name, KINDS[name]])))
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === 'number') checkCount(`${entry}: ${name}`, value, name === 'maxColumns' ? 1 : 0, MAX_COUNT)
    if (typeof value === 'object' && !Array.isArray(value) && !PLAIN.has(name)) checkIsArbitrary(entry, name, value)
  }
  const { minRecords = 1, maxRecords = Math.max(minRecords, 5) } = options as Readonly<Record<string, number>>
  if (minRecords > maxRecords) throw new MillraceError('OPTION_INVALID', `${entry}: minRecords is over maxRecords`)
}

/** Refuse what is no arbitrary of fast-check, of whatever copy. */
export function checkIsArbitrary(entry: string, name: string, value: unknown): void {
  if (typeof Object(value).generate === 'function') return
  throw notA(entry, name, 'an arbitrary of fast-check', value, 'write fc.constant(value) for a single value')
}
