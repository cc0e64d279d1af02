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

/** Options that are objects but not arbitraries. */
const PLAIN: ReadonlySet<string> = new Set(['read'])

/** Far more records than any event has; an event of many more would not fit in memory. */
const MAX_COUNT = 1_000_000

/**
 * Check the options of an arbitrary.
 *
 * @param names - its options. `payload` includes the counts of records, so that one set of options works for the events
 * of every source; those of a single record ignore them.
 * @throws MillraceError `OPTION_INVALID` for unknown options and invalid counts; `TYPE_MISMATCH` for a value that is not an arbitrary.
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

/** Reject a value that is not an arbitrary of fast-check, of any copy. */
export function checkIsArbitrary(entry: string, name: string, value: unknown): void {
  if (typeof Object(value).generate === 'function') return
  throw notA(entry, name, 'an arbitrary of fast-check', value, 'write fc.constant(value) for a single value')
}
