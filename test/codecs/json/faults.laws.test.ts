import { Table } from 'apache-arrow'
import fc from 'fast-check'
import { expect } from 'vitest'
import {
  decodeNdjson,
  type InvalidRow,
  type JsonOptions,
  json,
  ndjson,
  rowsFromTable,
} from '../../../src/codecs/index.ts'
import { isMillraceError, type MillraceError } from '../../../src/errors.ts'
import { law } from '../../support/law.ts'
import { chunked, collect } from './support.ts'

/** A line of a file and the row that it is, the code with which it is refused, or undefined for a blank one. */
interface Line {
  readonly text: string
  readonly means: Readonly<Record<string, unknown>> | string | undefined
}

/** Stands for a byte that no UTF-8 text has. */
const BROKEN = '\ue000'
const schema = { id: 'int64', note: 'string', value: 'float64' } as const

const text = fc
  .array(fc.constantFrom('"', '\\', '/', 'é', '€', '😀', 'x', '\n', '\u0001', '{', ']', ',', ' '), { maxLength: 8 })
  .map((parts) => parts.join(''))
const integer = fc.oneof(
  fc.bigInt({ min: -99n, max: 99n }),
  fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 0n),
)

/** A row in one of the ways of spelling it: keys in any order, escaped or twice, missing ones for null. */
const row = fc
  .record({
    id: fc.option(integer),
    note: fc.option(text),
    value: fc.option(fc.constantFrom(1.5, -0.25, 1e300, 123456789.125)),
    how: fc.constantFrom('plain', 'plain', 'spaced', 'turned', 'escaped', 'twice', 'short'),
  })
  .map(({ how, ...means }): Line => {
    const members = Object.entries(means).map(([name, cell]) => {
      const key = how === 'escaped' ? `\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}` : name
      return `"${key}"${how === 'spaced' ? ' : ' : ':'}${typeof cell === 'bigint' ? cell : JSON.stringify(cell)}`
    })
    if (how === 'turned') members.reverse()
    if (how === 'twice') members.unshift('"note":"before"')
    const kept = how === 'short' ? members.filter((member) => !member.endsWith(':null')) : members
    return { text: `{${kept.join(how === 'spaced' ? '\t, ' : ',')}}`, means }
  })

const bad: readonly Line[] = [
  { text: '{"id":', means: 'JSON_INVALID' },
  { text: '{"id":1}7', means: 'JSON_INVALID' },
  { text: '{"id":,', means: 'JSON_INVALID' },
  { text: '{"id":1} x', means: 'JSON_INVALID' },
  { text: '{"id":1,"note":"a","value":01}', means: 'JSON_INVALID' },
  { text: '7', means: 'JSON_INVALID' },
  { text: '{"id":"x","note":"a","value":1}', means: 'TYPE_MISMATCH' },
  { text: '{"id":9223372036854775808,"note":"a","value":1}', means: 'TYPE_MISMATCH' },
  { text: '{"id":1,"note":2,"value":1}', means: 'TYPE_MISMATCH' },
  { text: '{"id":1,"note":"\\ud800","value":1}', means: 'ENCODING_INVALID' },
  { text: `{"id":1,"note":"a${BROKEN}","value":1}`, means: 'ENCODING_INVALID' },
]

const line = fc.oneof(
  { weight: 6, arbitrary: row },
  fc.constantFrom(...bad),
  fc.constantFrom('', ' ').map((blank): Line => ({ text: blank, means: undefined })),
)
// A line comes many times over, so that rows are also read by the thousand bytes.
const files = fc
  .array(fc.tuple(line, fc.constantFrom(1, 1, 1, 1, 2, 90), fc.constantFrom('\n', '\n', '\r\n')), { maxLength: 14 })
  .map((all) => all.flatMap(([one, times, eol]) => Array.from({ length: times }, () => ({ ...one, eol }))))

/** A row so long that no reader takes the rows before it for few. */
const LONG = ((note) => ({
  text: `{"id":1,"note":"${note}","value":1}`,
  means: { id: 1n, note, value: 1 },
  eol: '\n',
}))('x'.repeat(9000))

/** The bytes of a file whose first line names all columns, its rows, and those that are refused. */
function meaningOf(lines: readonly (Line & { readonly eol: string })[]) {
  const first = { id: 1n, note: 'first', value: 0.5 }
  const rows: unknown[] = [first]
  const refused: { line: number; row: number; code: string }[] = []
  let all = '{"id":1,"note":"first","value":0.5}\n'
  let number = 1
  for (const [index, { text: own, means, eol }] of lines.entries()) {
    if (means !== undefined) number++
    if (typeof means === 'string') refused.push({ line: index + 2, row: number, code: means })
    else if (means !== undefined) rows.push(means)
    all += own + eol
  }
  const [start, ...rest] = all.split(BROKEN).map((part) => Buffer.from(part))
  const bytes = Buffer.concat([start ?? Buffer.of(), ...rest.flatMap((part) => [Buffer.of(0xff), part])])
  return { bytes: new Uint8Array(bytes), rows, refused }
}

law(
  'json: rows, rejected rows, their lines and numbers equal those that the lines were generated from, under any chunking',
  fc.asyncProperty(
    files,
    fc.boolean(),
    fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 8 }),
    async (lines, isLong, cuts) => {
      const { bytes, rows, refused } = meaningOf(isLong ? [...lines, LONG] : lines)
      const reads: ((options: JsonOptions) => unknown)[] = [
        (options) => [...rowsFromTable(decodeNdjson(bytes, options))],
        async (options) => [...rowsFromTable(new Table(await collect(ndjson(options).read(bytes))))],
        async (options) => [...rowsFromTable(new Table(await collect(ndjson(options).read(chunked(bytes, cuts)))))],
        async (options) => [...rowsFromTable(new Table(await collect(json(options).read(chunked(bytes, cuts)))))],
      ]
      for (const read of reads) {
        const told: InvalidRow[] = []
        const cells = await read({ schema, onInvalidRow: (one) => told.push(one) })
        expect(told.map(({ line: at, row: number, code }) => ({ line: at, row: number, code }))).toEqual(refused)
        expect(cells).toEqual(rows)
        const error = await Promise.resolve()
          .then(() => read({ schema }))
          .then(
            () => undefined,
            (thrown: unknown) => thrown,
          )
        const [first] = refused
        if (first === undefined) expect(error).toBeUndefined()
        else {
          if (!isMillraceError(error)) throw error ?? new Error('no row was refused')
          const { line: at, row: number } = error.position ?? {}
          expect({ line: at, row: number, code: error.code }).toEqual(first)
        }
      }
    },
  ),
  { runs: 200 },
)

law(
  'json: in an array whose rows span several lines, a rejected row has the line on which it begins',
  fc.asyncProperty(
    fc.array(fc.tuple(fc.constantFrom('1', '2', '"x"', '"x"', '"\\ud800"'), fc.constantFrom(undefined, 2)), {
      minLength: 1,
      maxLength: 40,
      size: 'max',
    }),
    fc.constantFrom('\n', '\r\n'),
    fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 }),
    async (values, eol, cuts) => {
      const texts = values.map(([id, indent]) =>
        JSON.stringify({ id: 0, note: 'a' }, null, indent).replace('0', id).replaceAll('\n', eol),
      )
      const lineOf = (index: number): number => `[${eol}${texts.slice(0, index).join(`,${eol}`)}`.split(eol).length
      const refused = values.flatMap(([id], index) => {
        const line = index === 0 ? 2 : lineOf(index) + 1
        if (id.length === 1) return []
        return [{ line, row: index + 1, code: id === '"x"' ? 'TYPE_MISMATCH' : 'ENCODING_INVALID' }]
      })
      const bytes = Buffer.from(`[${eol}${texts.join(`,${eol}`)}${eol}]`)
      for (const input of [bytes, chunked(bytes, cuts)]) {
        const told: InvalidRow[] = []
        const batches = await collect(
          json({ schema: { id: 'int64', note: 'string' }, onInvalidRow: (one) => told.push(one) }).read(input),
        )
        expect(told.map(({ line: at, row: number, code }) => ({ line: at, row: number, code }))).toEqual(refused)
        expect([...rowsFromTable(new Table(batches))].map(({ id }) => String(id))).toEqual(
          values.flatMap(([id]) => (id.length === 1 ? [id] : [])),
        )
      }
    },
  ),
)

/** Lines that end in the midst of an object or array, and are not closed by any line below. */
const cutLines = fc.constantFrom(
  '{"id":',
  '{"id":1',
  '{"id":1,',
  '{"id":1,"note":"a',
  '{"id":1,"no',
  '{"id":1,"note":[{"b":2},{"c":',
  '{"id":[1,',
  '[',
  '[1,',
  '[{"id":',
  '{"note":"\\ud800","value":',
  `{"note":"${BROKEN}","value":`,
  `{"note":${'['.repeat(9)}`,
)

law(
  'json: every truncated line is one rejected row, before any other lines, under any chunking',
  fc.asyncProperty(
    fc.array(fc.tuple(fc.oneof(cutLines, fc.constant('{"id":2}')), fc.constantFrom(1, 1, 1, 3, 70)), { maxLength: 8 }),
    fc.constantFrom('\n', '\r\n', '\r', '\n\n'),
    fc.constantFrom('', ' ', '\t\t'),
    fc.constantFrom(10, 64, 500),
    fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 4 }),
    async (runs, eol, indent, maxDepth, cuts) => {
      const texts = ['{"id":1}', ...runs.flatMap(([text, times]) => Array.from({ length: times }, () => text))]
      const [start, ...rest] = texts
        .map((text) => `${indent}${text}${eol}`)
        .join('')
        .split(BROKEN)
      const parts = [Buffer.from(start as string), ...rest.flatMap((part) => [Buffer.of(0xff), Buffer.from(part)])]
      const bytes = new Uint8Array(Buffer.concat(parts))
      const height = eol === '\n\n' ? 2 : 1
      const cut = texts.flatMap((text, index) => (text.endsWith('}') ? [] : [[index * height + 1, index + 1]]))
      for (const input of [bytes, chunked(bytes, cuts)]) {
        const rejected: InvalidRow[] = []
        const codec = ndjson({
          schema: { id: 'int64' },
          limits: { maxDepth },
          onInvalidRow: (one) => rejected.push(one),
        })
        const table = new Table(await collect(codec.read(input)))
        expect(rejected.map(({ line: at, row: number }) => [at, number])).toEqual(cut)
        expect(table.numRows).toBe(texts.length - cut.length)
      }
    },
  ),
)

/** Bytes of rows of which any may be changed, read under limits that some of them exceed. */
const brokenFiles = fc.record({
  rows: fc.array(
    fc.oneof(
      row.map(({ text }) => text),
      fc.constantFrom(...bad.map(({ text }) => text)),
    ),
    { maxLength: 12 },
  ),
  times: fc.constantFrom(1, 1, 60),
  form: fc.constantFrom('lines', 'lines', 'array'),
  edits: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }),
  schema: fc.constantFrom({}, { id: 'int64' } as const, schema, { id: 'bool', note: 'json' } as const),
  limits: fc.constantFrom({}, { maxColumns: 2 }, { maxRowBytes: 40 }, { maxFieldBytes: 8 }, { maxDepth: 1 }),
  inferRows: fc.constantFrom(3, 10_000),
  cuts: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 }),
})

law(
  'json: the error without onInvalidRow is the first one reported to onInvalidRow, or the one that ends both reads',
  fc.asyncProperty(brokenFiles, async ({ rows, times, form, edits, cuts, ...options }) => {
    const lines = Array.from({ length: times }, () => rows).flat()
    const text = form === 'array' ? `[${lines.join(',\n')}]` : lines.join('\n')
    const bytes = Buffer.from(text.replaceAll(BROKEN, '\u0000'))
    for (const [place, byte] of edits) if (bytes.length > 0) bytes[place % bytes.length] = byte
    const reads: ((all: JsonOptions) => unknown)[] = [
      (all) => decodeNdjson(bytes, all),
      (all) => collect(ndjson(all).read(bytes)),
      (all) => collect(ndjson(all).read(chunked(bytes, cuts))),
    ]
    const firsts: unknown[] = []
    for (const read of reads) {
      const rejected: InvalidRow[] = []
      const end = await errorOf(() => read({ ...options, onInvalidRow: (one) => rejected.push(one) }))
      const error = await errorOf(() => read(options))
      const [first = end && placeOf(end)] = rejected.map(({ code, row }) => ({ code, row }))
      expect(error && placeOf(error)).toEqual(first)
      firsts.push(first)
    }
    // Whole tables infer from more rows than a stream may.
    expect(firsts[2]).toEqual(firsts[1])
  }),
  { runs: 500 },
)

/** A value near limits.maxFieldBytes, whole or broken at its end, that begins anywhere in a row. */
const longValue = fc
  .record({
    kind: fc.constantFrom('"', '"', '', 'key'),
    bytes: fc.integer({ min: 0, max: 70 }),
    end: fc.constantFrom('', '', '\\u0041', '\\ud83d\\ude00', '\\ud83d', '\\x', '\n', 'e', '.5e1', '..'),
  })
  .map(({ kind, bytes, end }) => {
    if (kind === '') return `"a":${'1'.repeat(bytes + 1)}${end}`
    return kind === 'key' ? `"${'k'.repeat(bytes)}${end}":1` : `"a":"${'x'.repeat(bytes)}${end}"`
  })

law(
  'json: the limit that a row exceeds at its first byte too many is reported, in a whole file and in chunks',
  fc.asyncProperty(
    fc.record({
      form: fc.constantFrom('lines', 'array'),
      blanks: fc.nat(50),
      members: fc.array(longValue, { minLength: 1, maxLength: 3 }),
      isCut: fc.boolean(),
    }),
    fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 }),
    async ({ form, blanks, members, isCut }, cuts) => {
      const row = `{${' '.repeat(blanks)}${members.join(',')}${isCut ? '' : '}'}`
      // Behind the bytes that are held back to check the format, every chunk is read when it arrives.
      const before = Array.from({ length: 400 }, () => '{}').join(',\n')
      const bytes = Buffer.from(form === 'array' ? `[${before},${row}]` : `${before.replaceAll(',', '')}\n${row}\n{}\n`)
      const codec = (form === 'array' ? json : ndjson)({
        schema: { a: 'string' },
        limits: { maxFieldBytes: 20, maxRowBytes: 60 },
      })
      const whole = await errorOf(() => collect(codec.read(bytes)))
      const parts = await errorOf(() => collect(codec.read(chunked(bytes, [bytes.indexOf(row), ...cuts]))))
      expect(parts?.message).toBe(whole?.message)
    },
  ),
  { runs: 300 },
)

const placeOf = ({ code, position }: MillraceError) => ({ code, row: position?.row })

async function errorOf(read: () => unknown): Promise<MillraceError | undefined> {
  try {
    await read()
  } catch (error) {
    if (isMillraceError(error)) return error
    throw error
  }
  return undefined
}
