import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { type CodecOptions, codecFor } from '../../src/codecs/codec-for.ts'
import { bytesSource } from '../../src/codecs/input/source.ts'
import { encodeParquet } from '../../src/codecs/parquet/parquet.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { planSplits } from '../../src/fanout/plan-splits.ts'
import { law } from '../support/law.ts'
import { memoryBucket } from './support/memory-bucket.ts'
import { readBySplits, readWhole, rowsOf, type SplitCase } from './support/read-by-splits.ts'

/** Options of which a file has any, each in one of its ways. */
const arbitraryDialect: fc.Arbitrary<CodecOptions> = fc
  .record(
    {
      delimiter: fc.constantFrom(';', '\t', '|', '||'),
      quote: fc.constantFrom<string | false>("'", '$', false),
      escape: fc.constant('\\'),
      comment: fc.constantFrom('#', '//'),
      header: fc.constantFrom<boolean | string[]>(false, ['a', 'b', 'c']),
      trim: fc.constant(true),
      lazyQuotes: fc.constant(true),
      shortRows: fc.constant('null' as const),
      trailingDelimiter: fc.constant('ignore' as const),
      skipLines: fc.constantFrom(1, 2),
      nullValues: fc.constant(['-', '']),
      encoding: fc.constantFrom('utf-16le', 'windows-1252', 'utf8'),
    },
    { requiredKeys: [] },
  )
  .map(({ escape: mark, ...others }) =>
    mark === undefined || others.quote === false ? others : { ...others, escape: mark },
  )

/** Most files have one option at most. */
const arbitraryDialects = fc.oneof(
  { weight: 1, arbitrary: arbitraryDialect },
  {
    weight: 2,
    arbitrary: arbitraryDialect.chain((dialect) => {
      const names = Object.keys(dialect) as (keyof CodecOptions)[]
      return fc.constantFrom(undefined, ...names).map((name) => (name === undefined ? {} : { [name]: dialect[name] }))
    }),
  },
) as fc.Arbitrary<CodecOptions>

const arbitraryText = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-z0-9 é]{0,6}$/) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom('"', "'", ',', ';', '\n', '\r\n', '\r', '#', '\\', 'x', ' ', '|', '\0'), {
        maxLength: 8,
      })
      .map((parts) => parts.join('')),
  },
)

const CSV_STARTS = [
  '\ufeff',
  'sep=;\n',
  '\ufeffsep=;\r\n',
  'sep=\n',
  'sep=é\r',
  '\ufeff\ufeff',
  '\0',
  '\0\0\0\0\0\0\0\0',
  'PAR1',
]

/** Bytes of a text, now and then in another encoding than its reader expects, or after the first bytes of another format. */
function arbitraryBytes(text: string): fc.Arbitrary<Uint8Array> {
  const encoded = fc
    .constantFrom<BufferEncoding>('utf8', 'utf8', 'utf8', 'utf8', 'utf8', 'utf8', 'latin1', 'utf16le')
    .map((encoding) => Buffer.from(text, encoding))
  const start = fc.constantFrom(
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    'fffe',
    'feff',
    '1f8b08',
    '504152311500',
    '00',
    '80',
  )
  return fc.tuple(start, encoded).map(([hex, bytes]) => Buffer.concat([Buffer.from(hex, 'hex'), bytes]))
}

/** A file of CSV as a writer makes it: fields quoted where they must be, or now and then. */
function arbitraryCsvFile(dialect: CodecOptions): fc.Arbitrary<string> {
  const { delimiter = ',', quote = '"', escape: mark = '"', comment, skipLines = 0, header } = dialect
  const field = fc.tuple(arbitraryText, fc.boolean()).map(([text, always]) => {
    if (quote === false) return text.replaceAll(/[\r\n]/g, ' ').replaceAll(delimiter, ' ')
    const isPlain =
      !/[\r\n]/.test(text) &&
      !text.includes(quote) &&
      !text.includes(delimiter) &&
      !text.includes(comment ?? '\0') &&
      text !== ''
    if (isPlain && !always) return text
    const escapeMark = dialect.escape === undefined ? quote : mark
    const escaped =
      escapeMark === quote
        ? text.replaceAll(quote, quote + quote)
        : text.replaceAll(escapeMark, escapeMark + escapeMark).replaceAll(quote, escapeMark + quote)
    return quote + escaped + quote
  })
  const row = fc.array(field, { minLength: 3, maxLength: 3 }).map((fields) => fields.join(delimiter))
  const line = fc.oneof(
    { weight: 8, arbitrary: row },
    { weight: 1, arbitrary: fc.constant('') },
    { weight: comment === undefined ? 0 : 2, arbitrary: fc.constant(`${comment} it's "here`) },
  )
  const broken = fc
    .array(fc.constantFrom('"', "'", '\\', delimiter, 'x', ' ', '\0', '\0\0\0', '\ufeff', 'sep=;', 'PAR1'), {
      maxLength: 6,
    })
    .map((parts) => parts.join(''))
  const lineOrBroken = fc.oneof({ weight: 12, arbitrary: line }, { weight: 1, arbitrary: broken })
  const ends = fc.oneof(
    fc.constantFrom('\n', '\r\n', '\r').map((end) => [end]),
    fc.array(fc.constantFrom('\n', '\r\n', '\r', '\n\r', '\n\n'), { minLength: 1, maxLength: 5 }),
  )
  return fc
    .tuple(
      fc.oneof(
        { weight: 2, arbitrary: fc.array(line, { minLength: 1, maxLength: 30 }) },
        { weight: 1, arbitrary: fc.array(lineOrBroken, { minLength: 1, maxLength: 30 }) },
      ),
      ends,
      fc.boolean(),
      fc.constantFrom('', '', '', ...CSV_STARTS),
    )
    .map(([lines, eols, isEnded, start]) => {
      const head = header === undefined ? [['a', 'b', 'c'].join(start.includes('sep=;') ? ';' : delimiter)] : []
      const before = Array.from({ length: skipLines }, () => 'title "of')
      const all = [...before, ...head, ...lines]
      return (
        start + all.map((text, at) => text + (at + 1 < all.length || isEnded ? eols[at % eols.length] : '')).join('')
      )
    })
}

function arbitraryCase(
  file: fc.Arbitrary<{ key: string; bytes: Uint8Array; codec: CodecOptions }>,
): fc.Arbitrary<SplitCase> {
  return fc
    .record({
      file,
      targetBytes: fc.oneof(fc.constantFrom(1, 2, 7), fc.integer({ min: 1, max: 200 })),
      probeBytes: fc.constantFrom(2, 10, 40, 200, 100_000),
      chunkBytes: fc.constantFrom(1, 5, 64, 100_000),
      reports: fc.boolean(),
    })
    .map(({ file: { key, bytes, codec }, ...others }) => ({ key, bytes, codec, ...others }))
}

const arbitraryCsvCase = arbitraryCase(
  arbitraryDialects.chain((codec) =>
    arbitraryCsvFile(codec)
      .chain(arbitraryBytes)
      .map((bytes) => ({ key: 'orders.csv', bytes, codec })),
  ),
)

describe('splits', () => {
  law(
    'all splits of a CSV file in order are the file, its rejected rows and its error with their positions, or a split fails with SPLIT_MISMATCH: any dialect, encoding, size, probe and chunking',
    fc.asyncProperty(arbitraryCsvCase, async (given) => {
      const names = given.codec.header === false ? ['column_1', 'column_2', 'column_3'] : ['a', 'b', 'c']
      const types = { schema: Object.fromEntries(names.map((name) => [name, 'string' as const])) }
      const expected = await readWhole(given, types)
      const { outcome } = await readBySplits(given, types)
      if ('code' in outcome && outcome.code === 'SPLIT_MISMATCH') return
      expect(outcome).toEqual(expected)
    }),
    { runs: 800 },
  )

  law(
    'all splits of an NDJSON file are the file, its rejected rows and its error with their positions: objects on one or several lines, truncated or with any bytes changed, any size, probe and chunking',
    fc.asyncProperty(arbitraryCase(arbitraryNdjsonFile()), async (given) => {
      const types = { schema: { id: 'int64', name: 'string' } } as const
      const expected = await readWhole(given, types)
      const { outcome, splits } = await readBySplits(given, types)
      // A pinned column that one split lacks may be in another one.
      if (splits > 1 && 'code' in expected && expected.code === 'COLUMN_UNKNOWN') return
      expect(outcome).toEqual(expected)
    }),
    { runs: 300 },
  )

  law(
    'inferred types: all splits have one schema, and the rows of CSV and NDJSON are those of the file read with it',
    fc.asyncProperty(arbitraryCase(arbitraryTypedFile()), async (given) => {
      const { client } = memoryBucket({ [given.key]: given.bytes })
      const plan = await planSplits(client, [{ bucket: 'b', key: given.key }], { targetBytes: given.targetBytes })
      const schemas = new Set(plan.splits.map(({ schema }) => JSON.stringify(schema)))
      expect(schemas.size).toBe(1)
      const expected = await rowsOf(codecFor(given.key).read(bytesSource(given.bytes)))
      const { outcome } = await readBySplits({ ...given, probeBytes: 100_000, reports: false }, {})
      expect(outcome).toEqual({ rows: expected, rejected: [] })
    }),
    { runs: 200 },
  )

  law(
    'row groups of Parquet: all splits are the file, at any size',
    fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2000 }), async (rows, targetBytes) => {
      const table = tableFromRows(Array.from({ length: rows }, (_, id) => ({ id: BigInt(id), name: `n${id % 3}` })))
      const bytes = await encodeParquet(table, { rowGroupRows: 7 })
      const given = {
        key: 'a.parquet',
        bytes,
        codec: {},
        targetBytes,
        probeBytes: 100,
        chunkBytes: 1000,
        reports: false,
      }
      const { outcome } = await readBySplits(given, {})
      expect(outcome).toEqual({ rows: [...rowsFromTable(table)], rejected: [] })
    }),
    { runs: 100 },
  )
})

function arbitraryNdjsonFile() {
  const object = fc.record({ id: fc.nat(), name: fc.string({ maxLength: 8 }) })
  const laidOut = object.map((value) => JSON.stringify(value, undefined, 1))
  const sound = fc.oneof(
    { weight: 6, arbitrary: object.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: laidOut },
  )
  const cut = fc.tuple(fc.oneof(sound, laidOut), fc.nat()).map(([text, at]) => text.slice(0, at % text.length))
  const line = fc.oneof(
    { weight: 6, arbitrary: sound },
    { weight: 1, arbitrary: cut },
    { weight: 1, arbitrary: fc.constantFrom(...BROKEN_LINES) },
  )
  const soundLines = fc.array(sound, { minLength: 1, maxLength: 30 })
  const lines = fc.oneof(soundLines, fc.array(line, { minLength: 1, maxLength: 30 }))
  return fc
    .tuple(fc.constantFrom('', '', '', ...NDJSON_STARTS), lines, fc.constantFrom('\n', '\r\n', '\r'), fc.boolean())
    .chain(([start, all, eol, isEnded]) =>
      arbitraryBytes(`${start}{"id":0,"name":""}${eol}${all.join(eol)}${isEnded ? eol : ''}`),
    )
    .map((bytes) => ({ key: 'a.ndjson', bytes, codec: {} }))
}

const NDJSON_STARTS = ['\ufeff', '\ufeff\ufeff', ' \n', '\0', '\0\0\0\0\0\0\0\0\n', '[1]\n', '}\n']
const BROKEN_LINES = [
  '',
  ' ',
  '{',
  '}',
  ' }',
  ']',
  '{"id":',
  '{"id":1,"name":"x',
  '{"id":1}}',
  '[1]',
  '[',
  '{"id":1}{"id":2}',
  '{"id":1},',
  '{"id":true}',
  ' {"id":3}',
  '\t{"id":3}',
  '{"name":{"id":',
  '"name":{"x":1}',
  '\0\0\0\0\0\0',
  '{"name":"\0\0\0\0\0\0\0\0"}',
  '{"id":1}\0\0\0\0\0\0',
]

function arbitraryTypedFile() {
  const values = fc.constantFrom<() => fc.Arbitrary<unknown>>(
    () => fc.integer(),
    () => fc.constantFrom(1, 2.5, 9_007_199_254_740_992),
    () => fc.boolean(),
    () => fc.constantFrom('2026-01-05', '2026-02-28'),
    () => fc.constantFrom('2026-01-05T10:00:00Z', '2026-01-05T10:00:00.123456Z'),
    () => fc.constantFrom('x', 'y', '1'),
    () => fc.constant(null),
  )
  const rows = fc
    .tuple(values, values)
    .chain(([one, two]) => fc.array(fc.record({ one: one(), two: two() }), { minLength: 1, maxLength: 40 }))
  return fc.tuple(rows, fc.boolean()).map(([all, isCsv]) =>
    isCsv
      ? {
          key: 'a.csv',
          bytes: Buffer.from(['one,two', ...all.map(({ one, two }) => `${one ?? ''},${two ?? '""'}`)].join('\n')),
          codec: {},
        }
      : { key: 'a.ndjson', bytes: Buffer.from(all.map((row) => JSON.stringify(row)).join('\n')), codec: {} },
  )
}
