import { type ErrorCode, MillraceError } from '../errors.ts'

/** The kinds of value that an option may have. The entry checks further rules, such as a range. */
export type Kind = keyof typeof RULES

const RULES = {
  string: 'a string',
  text: 'a non-empty string',
  number: 'a number',
  boolean: 'true or false',
  function: 'a function',
  object: 'an object',
  array: 'an array',
  strings: 'an array of strings',
  client: 'a client of the AWS SDK v3, which has a method send',
  signal: 'an AbortSignal',
  any: 'anything',
}

/** Tests for kinds that `typeof` does not distinguish. */
const TESTS: { readonly [kind in Kind]?: (value: unknown) => boolean } = {
  text: (value) => typeof value === 'string' && value !== '',
  object: isBag,
  array: Array.isArray,
  strings: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  client: (value) => typeof Object(value).send === 'function',
  signal: (value) => typeof Object(value).addEventListener === 'function' && 'aborted' in Object(value),
  any: () => true,
}

/**
 * Check the options of a public entry, once per call: that they are an object, their names, and the kind of each.
 * Absent and undefined options pass.
 *
 * @param entry - the function's name, as users write it.
 * @param cure - the call to write instead, where positional arguments are a likely mistake.
 * @throws MillraceError `OPTION_INVALID`, which names the kind of value passed and the nearest existing name.
 */
export function checkOptions(
  entry: string,
  options: unknown,
  kinds: Readonly<Record<string, Kind>>,
  cure?: string,
): void {
  if (options === undefined) return
  check('OPTION_INVALID', entry, 'options', options, 'object', cure)
  for (const [name, value] of Object.entries(options as object)) {
    if (value === undefined) continue
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
    if (kind === undefined) throw wrong('OPTION_INVALID', entry, unknownName(name, Object.keys(kinds)))
    check('OPTION_INVALID', entry, name, value, kind)
  }
}

/** Check fields of an object that may have others too, such as a location. Names that end in `!` are required. */
export function checkFields(
  entry: string,
  what: string,
  value: unknown,
  kinds: Readonly<Record<string, Kind>>,
  cure?: string,
): void {
  check('TYPE_MISMATCH', entry, what, value, 'object', cure)
  for (const [name, kind] of Object.entries(kinds)) {
    const field = name.replace('!', '')
    const own = (value as Readonly<Record<string, unknown>>)[field]
    if (own !== undefined || field !== name) check('OPTION_INVALID', entry, field, own, kind, cure)
  }
}

/**
 * Check an argument that is not an options object.
 *
 * @throws MillraceError `TYPE_MISMATCH`, which names the kind of value passed.
 */
export function checkArgument(entry: string, what: string, value: unknown, kind: Kind, cure?: string): void {
  check('TYPE_MISMATCH', entry, what, value, kind, cure)
}

/** Reject arguments of an entry that has none: a factory put into a pipeline without a call receives the stream. */
export function checkNone(entry: string, given: readonly unknown[]): void {
  if (given.every((one) => one === undefined)) return
  throw wrong('OPTION_INVALID', entry, `it takes no argument, but was passed ${kindOf(given[0])}`, `write ${entry}()`)
}

/** The error for an argument of another kind than `rule`. */
export function notA(entry: string, what: string, rule: string, value: unknown, cure?: string): MillraceError {
  return wrong('TYPE_MISMATCH', entry, `${what} must be ${rule}, not ${kindOf(value)}`, cure)
}

function check(code: ErrorCode, entry: string, what: string, value: unknown, kind: Kind, cure?: string): void {
  const test = TESTS[kind]
  if (test === undefined ? typeof value === kind : test(value)) return
  throw wrong(code, entry, `${what} must be ${RULES[kind]}, not ${kindOf(value)}`, cure)
}

function wrong(code: ErrorCode, entry: string, rule: string, cure?: string): MillraceError {
  return new MillraceError(code, `${entry}: ${rule}${cure === undefined ? '' : `; ${cure}`}`)
}

/** Name the kind of a value, without any of its data: `a string`, `an array`, `a Blob`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (value === '') return 'an empty string'
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name.slice(0, 40)}`
  if (typeof value !== 'object') return `a ${typeof value}`
  if (Array.isArray(value)) return 'an array'
  const tag = Object.prototype.toString.call(value).slice(8, -1)
  const name = tag === 'Object' ? (Object.getPrototypeOf(value)?.constructor?.name ?? '') : tag
  if (!/^\w{1,40}$/.test(name) || name === 'Object') return 'an object'
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`
}

/** Test for an object that can hold named options: neither a list nor a source. */
function isBag(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false
  if (value instanceof Promise || value instanceof Date) return false
  return !(Symbol.iterator in value || Symbol.asyncIterator in value)
}

/** Describe an unknown option, with the nearest existing one, or all of them. */
export function unknownName(name: string, known: readonly string[]): string {
  const shown = JSON.stringify(name.slice(0, 40))
  const near = nearestName(name, known)
  if (near !== undefined) return `there is no option ${shown}; did you mean ${near}?`
  return `there is no option ${shown}; ${known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`}`
}

/** Find the name that differs least, in case or by up to a third of its letters. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined
  let least = 1 + Math.max(1, Math.floor(Math.min(name.length, 40) / 3))
  for (const candidate of known) {
    const edits = editDistance(name.slice(0, 40).toLowerCase(), candidate.toLowerCase())
    if (edits < least) [nearest, least] = [candidate, edits]
  }
  return nearest
}

/** Count the letters to add, drop, replace or swap with their neighbour (optimal string alignment). */
function editDistance(from: string, to: string): number {
  const rows: number[][] = []
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 0; i <= from.length; i++) {
    const row: number[] = []
    rows.push(row)
    for (let j = 0; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1]
      const isSwap = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      const replaced = at(i - 1, j - 1) + (isSame ? 0 : 1)
      const swapped = isSwap ? at(i - 2, j - 2) + 1 : replaced
      row[j] = i + j === 0 ? 0 : Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped)
    }
  }
  return at(from.length, to.length)
}
