import fc from 'fast-check'
import { expect } from 'vitest'
import type { InvalidRow } from '../../../../../src/codecs/invalid-row.ts'
import { json } from '../../../../../src/codecs/json/json.ts'
import { isMillraceError } from '../../../../../src/errors.ts'
import { law } from '../../../../support/law.ts'
import { bytes, chunked, collect, contents } from '../../support.ts'

const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength })
const two = (max: number) => fc.integer({ min: 0, max }).map((value) => String(value).padStart(2, '0'))
const day = fc
  .tuple(
    fc.constantFrom('0000', '1677', '1678', '1969', '1970', '2024', '2100', '2262', '9999', '20ab', '2x24', '20\t4'),
    two(13),
    two(32),
  )
  .map((parts) => parts.join('-'))
const time = fc
  .tuple(day, fc.constantFrom('T', ' ', 't', 'x'), two(24), two(60), two(60))
  .map(([date, separator, hour, minute, second]) => `${date}${separator}${hour}:${minute}:${second}`)
const fraction = fc.oneof(
  fc.constant(''),
  digits(10).map((text) => `.${text}`),
)
const zone = fc.constantFrom('', 'Z', 'z', '+01:00', '-0530', '?')
const letters = fc.string({
  unit: fc.constantFrom(
    'a',
    'é',
    '€',
    '😀',
    ' ',
    '\\n',
    '\\"',
    '\\\\',
    '\\/',
    '\\u0041',
    '\\u00e9',
    '\\u20ac',
    '\\ud83d\\ude00',
  ),
  maxLength: 40,
})
const quoted = (text: fc.Arbitrary<string>) => text.map((one) => `"${one}"`)

/** Values as they are spelled in a file, by the kind of column that most of them belong to. */
const spellings = {
  integer: fc.oneof(
    fc.integer().map(String),
    fc.tuple(fc.constantFrom('', '-'), digits(20)).map((parts) => parts.join('')),
  ),
  number: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
    fc
      .tuple(
        fc.constantFrom('', '-'),
        digits(19),
        fc.constantFrom('', '.'),
        digits(25),
        fc.constantFrom('', 'e5', 'E-07'),
      )
      .map((parts) => parts.join('')),
  ),
  bool: fc.constantFrom('true', 'false'),
  text: quoted(letters),
  date: quoted(day),
  time: quoted(fc.tuple(time, fraction, zone).map((parts) => parts.join(''))),
  mixed: fc.constantFrom('{}', '[]', '{"x":"}"}', '{ "x" : "\\"]" }', '[[{}], []]', '[}', '{"x":1,"x":2}', '1', '"a"'),
}
/** What the values of a column are like: of one kind, or objects and lists of one. */
const likeness = fc.constantFrom(...Object.values(spellings)).chain((spelling) => {
  const value = fc.oneof({ weight: 9, arbitrary: spelling }, fc.constant('null'))
  const item = fc.oneof({ weight: 30, arbitrary: value }, fc.constantFrom('"?"', '1e999', '12345678901234567'))
  const list = fc.array(item, { maxLength: 5 }).map((items) => `[${items.join(' , ')}]`)
  const object = fc.tuple(item, list).map(([x, y]) => `{"x":${x} ,"y":${y}}`)
  const fields = fc.oneof(
    { weight: 5, arbitrary: object },
    item.map((x) => `{ "x": ${x}}`),
    fc.constant('{}'),
  )
  const lists = fc.array(
    fc.constantFrom(list, fields).chain((of) => of),
    { maxLength: 3 },
  )
  return fc.constantFrom(
    value,
    value,
    list,
    fields,
    lists.map((items) => `[${items.join()}]`),
  )
})
const odd = fc.constantFrom(
  'null',
  'nul',
  'tru',
  '-',
  '1.',
  '.5',
  '01',
  '-0',
  '0.0',
  '1e400',
  '"\\x"',
  '"\\ud800"',
  '"',
  '',
  '{}',
  '1 2',
)

/** A column's values, few of them odd ones, and how often it is missing. */
const column = fc.tuple(likeness, fc.nat(3), fc.constantFrom(0, 0, 3, 7)).chain(([value, oddness, missing]) =>
  fc.record({
    values: fc.array(oddness === 0 ? fc.oneof({ weight: 20, arbitrary: value }, odd) : value, {
      minLength: 1,
      maxLength: 12,
    }),
    missing: fc.constant(missing),
  }),
)

const file = fc.record({
  columns: fc.array(column, { minLength: 1, maxLength: 5 }),
  rows: fc.integer({ min: 1, max: 300 }),
  isArray: fc.boolean(),
  space: fc.constantFrom('', ' ', '\t', ' \r', '\r\n  ', '\n'),
  /** What is between objects that are in no array. */
  between: fc.constantFrom('\n', '\n', '', '\r', '\r\n \n'),
  /** Every how many rows the keys come in another order, or one comes twice. */
  turned: fc.constantFrom(0, 1, 2, 50),
  repeated: fc.constantFrom(0, 0, 90),
})
type File = typeof file extends fc.Arbitrary<infer T> ? T : never

/** The text of a file: keys are spelled as `spell` says. */
function textOf(
  { columns, rows, isArray, space, between, turned, repeated }: File,
  spell: (name: string, row: number) => string,
) {
  const all = Array.from({ length: rows }, (_, row) => {
    const members = columns.flatMap(({ values, missing }, index) => {
      if (missing > 0 && (row + index) % missing === 1) return []
      return `"${spell('abcde'[index] ?? '', row)}"${space}:${space}${values[(row * (index + 1)) % values.length]}`
    })
    if (turned > 0 && row % turned === 0) members.reverse()
    if (repeated > 0 && row % repeated === repeated - 1 && members[0] !== undefined) members.push(members[0])
    return `{${space}${members.join(`${space},${space}`)}${space}}`
  })
  return isArray ? `[${all.join(`${space},\n${space}`)}]` : all.join(between)
}

const plain = (name: string): string => name
/** A spelling that no row before had the like of: such rows are read one by one. */
const escaped = (name: string, row: number): string => (row === 0 ? name : `\\u00${name.charCodeAt(0).toString(16)}`)

/** How a file is read. */
const reading = fc.record({
  inferRows: fc.constantFrom(1, 5, 10_000),
  limits: fc.constantFrom({}, {}, { maxFieldBytes: 45 }),
  withRefused: fc.boolean(),
  cuts: fc.constantFrom([], [1000], [37, 5000]),
})
type Reading = typeof reading extends fc.Arbitrary<infer T> ? T : never

/** A reason without what was found, which may be a backslash of the other spelling. */
const rule = (reason: string): string => reason.replace(/; found .*?(?= \(line|$)/, '')

async function outcome(text: string, { inferRows, limits, withRefused, cuts }: Reading): Promise<unknown> {
  const refused: unknown[] = []
  const onInvalidRow = withRefused
    ? (row: InvalidRow) => void refused.push({ ...row, reason: rule(row.reason) })
    : undefined
  const source = cuts.length === 0 ? bytes(text) : chunked(bytes(text), cuts)
  try {
    const options = { inferRows, limits, ...(onInvalidRow === undefined ? {} : { onInvalidRow }) }
    return { batches: contents(await collect(json(options).read(source))), refused }
  } catch (error) {
    if (!isMillraceError(error)) throw error
    // The other spelling of keys moves bytes.
    const { byteOffset: _, ...position } = error.position ?? {}
    return {
      code: error.code,
      message: rule(error.message).replace(/byte \d+/, ''),
      position,
      path: error.path,
      refused,
    }
  }
}

law(
  'json: the kernel returns the same rows, errors and rejected rows as reading one by one',
  fc.asyncProperty(file, reading, async (one, how) => {
    expect(await outcome(textOf(one, plain), how)).toEqual(await outcome(textOf(one, escaped), how))
  }),
  { runs: 400 },
)
