import fc from 'fast-check'

// Parts shared by the events of several sources.

/** The number of records of an event. */
export interface RecordCount {
  /** Default 1: AWS sends no empty list, except for the last event of a tumbling window. */
  readonly minRecords?: number
  /** 5. */
  readonly maxRecords?: number
}

export const ACCOUNT = '123456789012'

export const region = fc.constantFrom('us-east-1', 'eu-west-1', 'ap-southeast-2')

/** Boundary cases of text: empty, with several bytes per character, with escapes in JSON, and resembling other types. */
const EDGE_TEXTS = [
  '',
  ' ',
  'é',
  '€',
  '👍🏽',
  'Zürich',
  '日本',
  '\0',
  '"',
  '\\',
  '\u2028',
  '\ufeff',
  '0',
  '-0',
  'null',
  'NaN',
]

/** Well-formed text of any script, including control characters and emoji; half of it plain ASCII. */
export function anyText(maxLength = 20): fc.Arbitrary<string> {
  const ascii = fc.string({ maxLength })
  const edge = fc.constantFrom(...EDGE_TEXTS.filter((text) => [...text].length <= maxLength))
  return fc.oneof(
    { weight: 5, arbitrary: ascii },
    { weight: 2, arbitrary: edge },
    { weight: 3, arbitrary: anyScript(maxLength) },
  )
}

function anyScript(maxLength: number): fc.Arbitrary<string> {
  const codePoint = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
    fc.integer({ min: 0, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0xfffd }),
    fc.integer({ min: 0x10000, max: 0x10ffff }),
  )
  return fc.array(codePoint, { maxLength }).map((points) => String.fromCodePoint(...points))
}

/** A name as of AWS resources and Kafka topics. */
export const resourceName = fc.stringMatching(/^[a-z][a-z0-9-]{0,14}[a-z0-9]$/)

export const hexId = fc.stringMatching(/^[0-9a-f]{32}$/)

/** Whole milliseconds since 1970, between 2015 and 2035. */
export const epochMs = fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2035, 0, 1) })

/** ISO 8601 in UTC, with milliseconds. */
export const isoTime = epochMs.map((ms) => new Date(ms).toISOString())

/** ISO 8601 in UTC, whole seconds. */
export const isoSeconds = isoTime.map((time) => `${time.slice(0, 19)}Z`)

/** Names and values, such as headers or attributes. */
export function textsByName(name = resourceName): fc.Arbitrary<Record<string, string>> {
  return plainDictionary(name, anyText(), { maxKeys: 3 })
}

/** Objects as created by `JSON.parse`. */
const PLAIN = { noNullPrototype: true }

/** Objects of these fields, as created by `JSON.parse`. */
export function plainRecord<T extends object>(fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> {
  return fc.record<T>(fields, PLAIN) as fc.Arbitrary<T>
}

/** Objects with any of these names, as created by `JSON.parse`. */
export function plainDictionary<T>(
  name: fc.Arbitrary<string>,
  value: fc.Arbitrary<T>,
  limits: fc.DictionaryConstraints = {},
): fc.Arbitrary<Record<string, T>> {
  return fc.dictionary(name, value, { ...limits, ...PLAIN })
}

/** Objects with all of `required` and any of `optional`. */
export function withOptional<R extends object, O extends object>(
  required: { [Key in keyof R]: fc.Arbitrary<R[Key]> },
  optional: { [Key in keyof O]: fc.Arbitrary<O[Key]> },
): fc.Arbitrary<R & Partial<O>> {
  return fc
    .tuple(fc.record<R>(required), fc.record<O, never>(optional, { requiredKeys: [] }))
    .map(([all, some]) => ({ ...(all as R), ...(some as Partial<O>) }))
}

/** A list of records, each with a number that ascends from one record to the next. */
export function ascending<T>(
  record: fc.Arbitrary<T>,
  { minRecords = 1, maxRecords = Math.max(minRecords, 5) }: RecordCount,
): fc.Arbitrary<(readonly [record: T, step: number])[]> {
  const steps = fc.array(fc.tuple(record, fc.integer({ min: 1, max: 1000 })), {
    minLength: minRecords,
    maxLength: maxRecords,
  })
  return steps.map((list) => {
    let sum = 0
    return list.map(([each, step]) => {
      sum += step
      return [each, sum] as const
    })
  })
}

/** Sequence numbers of a shard, as text of up to 56 digits. */
export function sequenceNumber(base: bigint, step: number): string {
  return String(base + BigInt(step))
}

export const sequenceBase = fc.bigInt({ min: 10n ** 55n, max: 10n ** 56n - 10n ** 6n })

/** A shard id, as in Kinesis. */
export const shardId = fc.nat(99).map((number) => `shardId-${String(number).padStart(12, '0')}`)
