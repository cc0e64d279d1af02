import { describe, expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { csv, json, ndjson, parquet } from '../src/codecs/index.ts'
import { isMillraceError } from '../src/errors.ts'
import { idempotencyLease, idempotent, memoryStore } from '../src/idempotency/index.ts'
import { s3Sink } from '../src/s3/index.ts'
import { sqsSender } from '../src/send/sqs.ts'
import { dropDuplicates } from '../src/transform/index.ts'
import { ENTRIES } from './support/entry-arguments.ts'
import { type Argument, HOSTILE, type HostileName, NAMES } from './support/hostile-arguments.ts'

type Entry = (...given: readonly unknown[]) => unknown

const subpaths = Object.keys(manifest.exports).filter((subpath) => subpath !== './package.json')
const functions = new Map<string, Entry>()
for (const subpath of subpaths) {
  const exported = (await import(subpath.replace('.', manifest.name))) as Record<string, unknown>
  for (const [name, value] of Object.entries(exported)) {
    const isClass = /^class\b/.test(String(value))
    if (typeof value === 'function' && !isClass) functions.set(name, value as Entry)
  }
}

const argumentsOf = (name: string): readonly Argument[] => ENTRIES[name] ?? []
const validOf = (name: string): unknown[] => argumentsOf(name).map(({ valid }) => valid())

/** What a call ends in: the error that it throws or rejects with, undefined where it returns. */
async function failureOf(name: string, given: readonly unknown[]): Promise<unknown> {
  try {
    await functions.get(name)?.(...given)
    return undefined
  } catch (error) {
    return error ?? new Error('threw nothing')
  }
}

/** Calls of an entry with one argument replaced, and what is wrong about how they end. */
async function faultsOf(name: string): Promise<string[]> {
  const faults: string[] = []
  for (const [place, { takes }] of argumentsOf(name).entries()) {
    for (const hostile of NAMES) {
      const error = await failureOf(name, validOf(name).with(place, HOSTILE[hostile]()))
      const isTyped = isMillraceError(error)
      if (isTyped && /secret/.test(error.message)) faults.push(`${place}: ${hostile}: the message has data`)
      if (isTyped || (error === undefined && takes.has(hostile))) continue
      faults.push(`argument ${place}, ${hostile}: ${error === undefined ? 'is taken' : String(error)}`)
    }
  }
  return faults
}

/** Entries that ask a service before they return: theirs is not there. */
const READS: ReadonlySet<string> = new Set(['mergeParquet'])

describe('every function that the package exports', () => {
  test('has a valid call to start from', () => {
    expect([...functions.keys()].sort()).toEqual(Object.keys(ENTRIES).sort())
  })

  test.each([...functions.keys()])('%s takes its own valid call', async (name) => {
    const failure = await failureOf(name, validOf(name))
    if (!READS.has(name)) expect(failure).toBeUndefined()
    else expect(failure).toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  })

  test.each([...functions.keys()])('%s refuses arguments of another kind by a typed error', async (name) => {
    expect((await faultsOf(name)).join('\n')).toBe('')
  })
})

/** Entries with options, and the place of these. */
const bags = [...functions.keys()].flatMap((name) =>
  argumentsOf(name).flatMap(({ isOptions }, place) => (isOptions ? [[name, place] as const] : [])),
)

/** The names of the options of an entry, by its own message about one that it does not have. */
async function optionNames(name: string, place: number): Promise<readonly string[]> {
  const error = await failureOf(name, withOption(name, place, '~'.repeat(60), 1))
  return /it has (.+?)(?:;|$)/.exec(String((error as Error | undefined)?.message))?.[1]?.split(', ') ?? []
}

function withOption(name: string, place: number, option: string, value: unknown): unknown[] {
  const given = validOf(name)
  return given.with(place, { ...Object(given[place]), [option]: value })
}

/** Options whose names and values are the user's, and numbers that are checked where they are used: by the reading or the writing that they are for. */
const FREE: Readonly<Record<string, readonly string[]>> = {
  codecFor: ['schema', 'filter', 'metadata', 'rowGroupRows', 'rowGroupBytes', 'pageBytes'],
  encodeJson: ['schema', 'inferRows'],
  encodeNdjson: ['schema', 'inferRows'],
  encodeParquet: ['metadata'],
  parquet: ['filter', 'metadata', 'rowGroupRows', 'rowGroupBytes', 'pageBytes'],
  createTableInput: ['overflow', 'maxResultBytes'],
  collectMetrics: ['dimensions', 'properties'],
  addCodeCache: ['env'],
  bundleHandler: ['env', 'esbuild'],
  cdkBundling: ['env'],
  planSplits: ['codec'],
  readSplit: ['codec'],
}

const WRONG: readonly HostileName[] = ['a symbol', 'a class instance', "{ seperator: ';' }", 'NaN']

describe('options', () => {
  test.each(bags)('of %s (argument %i) are refused by name where it has none of that name', async (name, place) => {
    const error = await failureOf(name, withOption(name, place, 'seperator', ';'))
    expect(error).toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(/^\w+: there is no option "seperator"; /),
    })
    const [first = ''] = await optionNames(name, place)
    expect(first).not.toBe('')
    const misspelt = await failureOf(name, withOption(name, place, `${first}s`, 1))
    expect(misspelt).toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('did you mean') })
  })

  test.each(bags)('of %s (argument %i) are refused where one is of another kind', async (name, place) => {
    const faults: string[] = []
    for (const option of await optionNames(name, place)) {
      if (FREE[name]?.includes(option)) continue
      for (const hostile of WRONG) {
        const error = await failureOf(name, withOption(name, place, option, HOSTILE[hostile]()))
        if (!isMillraceError(error))
          faults.push(`${option}, ${hostile}: ${error === undefined ? 'is taken' : String(error)}`)
      }
    }
    expect(faults.join('\n')).toBe('')
  })
})

const drain = async (stream: unknown): Promise<void> => {
  for await (const _ of stream as AsyncIterable<unknown>);
}
const client = { send: async () => ({}), config: {} }
const target = { bucket: 'b', key: 'k' }
const call = (entry: unknown, ...given: readonly unknown[]): unknown => (entry as Entry)(...given)

/** What they take of the hostile values: no chunks, no entries, a time, none. */
const TAKEN: Readonly<Record<string, readonly HostileName[]>> = {
  'csv().write()': ['[]'],
  'ndjson().write()': ['[]'],
  'dropDuplicates()': ['[]'],
  's3Sink()': ['[]'],
  'sqsSender()': ["''", '[]'],
  'idempotencyLease().renew': ['42', 'undefined'],
}

/** What entries return, where it takes an argument of its own. */
const RETURNED: Readonly<Record<string, (given: unknown) => unknown>> = {
  'csv().read': (given) => drain(call(csv().read, given)),
  'json().read': (given) => drain(call(json().read, given)),
  'ndjson().read': (given) => drain(call(ndjson().read, given)),
  'parquet().read': (given) => drain(call(parquet().read, given)),
  'csv().write()': (given) => drain(call(csv().write(), given)),
  'ndjson().write()': (given) => drain(call(ndjson().write(), given)),
  'parquet().write()': (given) => drain(call(parquet().write(), given)),
  'dropDuplicates()': (given) => drain(call(dropDuplicates(), given)),
  's3Sink()': (given) => call(s3Sink(client as never, target), given),
  'sqsSender()': (given) => call(sqsSender(client, { queueUrl: 'https://sqs/1/q' }), given),
  'idempotencyLease().renew': (given) =>
    idempotent(async (_: number) => call(idempotencyLease()?.renew.bind(idempotencyLease()), given), {
      store: memoryStore(),
      key: (n) => n,
    })(1),
}

describe('what entries return', () => {
  test.each(Object.keys(RETURNED))('%s refuses arguments of another kind by a typed error', async (name) => {
    const faults: string[] = []
    for (const hostile of NAMES) {
      try {
        await RETURNED[name]?.(HOSTILE[hostile]())
        if (!TAKEN[name]?.includes(hostile)) faults.push(`${hostile}: is taken`)
      } catch (error) {
        if (!isMillraceError(error)) faults.push(`${hostile}: ${error}`)
      }
    }
    expect(faults.join('\n')).toBe('')
  })
})
