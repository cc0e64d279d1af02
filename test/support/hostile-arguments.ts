import * as z from 'zod/mini'

class Account {
  readonly owner = 'Ada'
}

/** Arguments as JavaScript may pass them by mistake, by name. None of them is what any entry documents as its options. */
export const HOSTILE = {
  undefined: () => undefined,
  null: () => null,
  '42': () => 42,
  NaN: () => Number.NaN,
  "'x'": () => 'x',
  "''": () => '',
  true: () => true,
  '7n': () => 7n,
  'a symbol': () => Symbol('secret'),
  'a function': () => () => undefined,
  '[]': () => [],
  "['x']": () => ['x'],
  '[null]': () => [null],
  'a Map': () => new Map([['a', 1]]),
  'a Date': () => new Date(0),
  'a promise': () => Promise.resolve({}),
  bytes: () => new Uint8Array(1),
  'a class instance': () => new Account(),
  'a schema': () => z.object({ id: z.number() }),
  '{}': () => ({}),
  "{ seperator: ';' }": () => ({ seperator: ';' }),
} as const satisfies Record<string, () => unknown>

export type HostileName = keyof typeof HOSTILE

export const NAMES = Object.keys(HOSTILE) as readonly HostileName[]

/** An argument of a valid call, and the hostile values that may stand in its place: an error that is typed is right for these too. */
export interface Argument {
  readonly valid: () => unknown
  readonly takes: ReadonlySet<HostileName>
  readonly isOptions: boolean
}

/** An argument that is refused unless it is of the right kind, or among `takes`. */
export function required(valid: () => unknown, ...takes: readonly HostileName[]): Argument {
  return { valid, takes: new Set(takes), isOptions: false }
}

/** Options: an object with known names alone, which may be absent. A date has no names, as `{}` has none. */
export function options(valid: () => unknown = () => undefined, ...takes: readonly HostileName[]): Argument {
  return { valid, takes: new Set<HostileName>(['undefined', '{}', 'a Date', ...takes]), isOptions: true }
}

/** Options of which some must be there. */
export function requiredOptions(valid: () => object): Argument {
  return { valid, takes: new Set(), isOptions: true }
}

/** A value that may be anything: a key, an error, a predicate's subject. */
export function anything(valid: () => unknown): Argument {
  return { valid, takes: new Set(NAMES), isOptions: false }
}

/** Nothing: a factory that takes no argument. */
export const none: Argument = { valid: () => undefined, takes: new Set<HostileName>(['undefined']), isOptions: false }
