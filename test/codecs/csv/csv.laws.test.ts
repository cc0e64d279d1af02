import { makeData, makeVector, Table, type Vector, vectorFromArray } from 'apache-arrow'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { type CsvOptions, csv, decodeCsv, encodeCsv } from '../../../src/codecs/csv/csv.ts'
import { writeShortDecimal } from '../../../src/codecs/csv/write/short-decimal.ts'
import type { InvalidRow } from '../../../src/codecs/invalid-row.ts'
import { inferredField, seenInText } from '../../../src/codecs/text/inferred-type.ts'
import { type ColumnTypeName, columnType } from '../../../src/columns/column-type.ts'
import { isMillraceError } from '../../../src/errors.ts'
import { law } from '../../support/law.ts'
import { cellsOf, chunksAt, collect, readAll, utf8 } from './support.ts'

/** Text made of what CSV is about, so that rows, quotes and faults are frequent. */
const csvish = fc
  .array(
    fc.constantFrom(
      ',',
      ',',
      '\n',
      '\n',
      '\r\n',
      '\r',
      '"',
      '""',
      '"a"',
      'a',
      'bc',
      '1',
      '2.5',
      ' ',
      'é',
      '😀',
      '2024-01-01',
      'true',
      'NaN',
      ';',
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))
const bytesish = fc.oneof(
  csvish.map(utf8),
  fc.uint8Array({ maxLength: 60 }),
  fc
    .tuple(csvish, fc.uint8Array({ maxLength: 3 }), csvish)
    .map(([a, noise, b]) => new Uint8Array(Buffer.concat([utf8(a), noise, utf8(b)]))),
)
const cuts = fc.array(fc.nat(200), { maxLength: 8 })

type Outcome = { cells: unknown; types: string[]; refused: InvalidRow[] } | { code: string; message: string }

async function outcome(
  read: (options: CsvOptions) => Promise<unknown[][]> | unknown[][],
  options: CsvOptions,
): Promise<Outcome> {
  const refused: InvalidRow[] = []
  try {
    const cells = await read({ ...options, ...(options.onInvalidRow && { onInvalidRow: (row) => refused.push(row) }) })
    return { cells, types: [], refused }
  } catch (error) {
    if (!isMillraceError(error)) throw error
    return { code: error.code, message: error.message }
  }
}

const someOptions = fc.record(
  {
    header: fc.constantFrom<CsvOptions['header'][]>(true, false, ['a', 'b']),
    nullValues: fc.constantFrom<string[][]>([''], ['NA', ''], ['a']),
    delimiter: fc.constantFrom(',', ';'),
    onInvalidRow: fc.constant(() => undefined),
    comment: fc.constant('#'),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<CsvOptions>

describe('reading', () => {
  law(
    'csv: any split of the bytes into chunks results in the same batches, rejected rows and errors',
    fc.asyncProperty(bytesish, cuts, someOptions, async (bytes, places, options) => {
      const whole = await outcome(async (all) => cellsOf(await readAll(bytes, all)), options)
      const cut = await outcome(async (all) => cellsOf(await readAll(chunksAt(bytes, places), all)), options)
      expect(cut).toEqual(whole)
    }),
    { runs: 1500 },
  )

  law(
    'csv: a whole table is the stream that infers from all rows',
    fc.asyncProperty(bytesish, someOptions, async (bytes, options) => {
      const table = await outcome((all) => cellsOf(decodeCsv(bytes, all)), options)
      const stream = await outcome(
        async (all) => cellsOf(await readAll(bytes, { ...all, inferRows: Number.POSITIVE_INFINITY })),
        options,
      )
      expect(table).toEqual(stream)
    }),
    { runs: 500 },
  )

  law(
    'csv: any bytes result in batches or a MillraceError',
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), someOptions, async (bytes, options) => {
      await outcome(async (all) => cellsOf(await readAll(bytes, all)), options)
    }),
    { runs: 1000 },
  )

  law(
    'csv: agrees with csv-parse on rows, fields and faults',
    fc.asyncProperty(bytesish, async (bytes) => {
      // csv-parse takes a zero byte after a closing quote for the end of the file.
      const latin1 = Buffer.from(bytes).toString('latin1')
      fc.pre(!latin1.includes('"\0') && !/^(\xff\xfe|\xfe\xff)/.test(latin1))
      fc.pre(latin1.split('\0').length - 1 < latin1.length / 4)
      let expected: string[][] | undefined
      try {
        expected = parse(Buffer.from(bytes), {
          bom: true,
          record_delimiter: ['\r\n', '\n', '\r'],
          skip_empty_lines: true,
        })
      } catch {
        expected = undefined
      }
      const text = { header: false, nullValues: [], schema: {} } satisfies CsvOptions
      const width = expected?.[0]?.length ?? 0
      const schema = Object.fromEntries(
        Array.from({ length: width }, (_, at) => [`column_${at + 1}`, 'string' as const]),
      )
      const ours = await outcome(() => cellsOf(decodeCsv(bytes, { ...text, schema })), {})
      const isUtf8 = !Buffer.from(bytes).toString().includes('\ufffd')
      if (expected === undefined)
        expect(ours).toMatchObject({ code: expect.stringMatching(/CSV_INVALID|ENCODING_INVALID/) })
      else if (width === 0) expect(ours).toMatchObject({ code: 'CSV_INVALID' })
      else if (isUtf8)
        expect('cells' in ours && ours.cells).toEqual(
          Array.from({ length: width }, (_, at) => expected.map((row) => row[at])),
        )
    }),
    { runs: 2000 },
  )
})

const cellText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom('', ' ', ',', '"', '\n', '\r', '\r\n', 'NA', 'null', '1', '\ufeffx', '#', "'", ';', '||', '\\'),
)

const cellTypes: Record<string, fc.Arbitrary<unknown>> = {
  string: cellText,
  bool: fc.boolean(),
  int8: fc.integer({ min: -128, max: 127 }),
  int16: fc.integer({ min: -32768, max: 32767 }),
  int32: fc.integer(),
  uint8: fc.nat(255),
  uint16: fc.nat(65535),
  uint32: fc.nat(2 ** 32 - 1),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  float32: fc.float(),
  time: fc.bigInt({ min: 0n, max: 86_399_999_999n }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  float64: fc.oneof(
    fc.double(),
    fc.integer().map((value) => value / 100),
  ),
  date: fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => new Date(Math.floor(date.getTime() / 864e5) * 864e5)),
}

function columnOf(name: ColumnTypeName, rows: number): fc.Arbitrary<Vector> {
  const type = columnType(name)
  const size = { minLength: rows, maxLength: rows }
  const cell = cellTypes[name]
  if (cell !== undefined)
    return fc.array(fc.option(cell, { freq: 4 }), size).map((cells) => vectorFromArray(cells, type))
  if (name !== 'decimal(30,7)') {
    return fc
      .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), size)
      .map((cells) => makeVector(makeData({ type, length: rows, data: BigInt64Array.from(cells) } as never)))
  }
  return fc.array(fc.bigInt({ min: -(10n ** 30n) + 1n, max: 10n ** 30n - 1n }), size).map((cells) => {
    const words = cells.flatMap((value) => [0n, 32n, 64n, 96n].map((bits) => Number(BigInt.asUintN(32, value >> bits))))
    return makeVector(makeData({ type, length: rows, data: Uint32Array.from(words) } as never))
  })
}

const typeNames = [
  ...Object.keys(cellTypes),
  'timestamp',
  'timestamp[us]',
  'timestamp[ns]',
  'decimal(30,7)',
] as ColumnTypeName[]

const arbitraryTable = fc
  .tuple(fc.nat(6), fc.array(fc.tuple(fc.constantFrom(...typeNames), cellText), { minLength: 2, maxLength: 5 }))
  .chain(([rows, columns]) =>
    fc.tuple(...columns.map(([type]) => columnOf(type, rows))).map((vectors) => {
      const entries = vectors.map((vector, at) => [`${at}${columns[at]?.[1]}`, vector] as const)
      return new Table(Object.fromEntries(entries))
    }),
  )

const dialects = fc.constantFrom<CsvOptions[]>(
  {},
  { delimiter: '\t', eol: '\r\n' },
  { delimiter: ';', nullValues: ['NA', ''] },
  { nullValues: ['1', 'null'] },
  { delimiter: '||' },
  { delimiter: '-', quote: "'" },
  { escape: '\\', comment: '#' },
)

describe('inference', () => {
  const usual = [
    '1',
    '9007199254740993',
    '2.5',
    'NaN',
    'true',
    '2024-01-01',
    '2024-01-01T00:00:00',
    '2024-01-01T00:00:00.123456Z',
  ]
  const odd = [
    '',
    'text',
    '1e3',
    '007',
    '-0',
    'FALSE',
    '2024-01-01T00:00:00.1234567Z',
    '9999-01-01T00:00:00Z',
    '99999999999999999999',
  ]

  law(
    'csv: the types of a stream depend only on its first inferRows rows, with any number of equal rows first',
    fc.asyncProperty(
      fc.constantFrom('', ...usual),
      fc.array(fc.constantFrom(...usual, ...odd), { maxLength: 30 }),
      fc.integer({ min: 495, max: 530 }),
      cuts,
      async (most, rest, inferRows, places) => {
        const column = [...Array.from({ length: 500 }, () => most), ...rest]
        const scratch = new Int32Array(2)
        const seen = column.slice(0, inferRows).reduce((flags, value) => {
          return value === '' ? flags : flags | seenInText(utf8(value), 0, value.length, scratch)
        }, 0)
        const bytes = utf8(['id,value', ...column.map((value, row) => `${row},${value}`), ''].join('\n'))
        const refused: InvalidRow[] = []
        const options = { inferRows, onInvalidRow: (row: InvalidRow) => refused.push(row) }
        const batches = await readAll(chunksAt(bytes, places), options)
        expect(`${batches[0]?.schema.fields[1]?.type}`).toBe(`${inferredField('value', seen).type}`)
        const rows = batches.reduce((sum, batch) => sum + batch.numRows, 0)
        expect(rows + refused.length).toBe(column.length)
        for (const row of refused) expect(row.row).toBeGreaterThan(inferRows)
      },
    ),
    { runs: 300 },
  )
})

describe('writing', () => {
  law(
    'csv: what is written reads back equal under its schema, in any dialect',
    fc.property(arbitraryTable, dialects, (table, options) => {
      const back = decodeCsv(encodeCsv(table, options), { ...options, schema: table.schema })
      expect(back.schema.fields.map(String)).toEqual(table.schema.fields.map(String))
      expect(back.numRows).toBe(table.numRows)
      expect(columnsOf(back)).toEqual(columnsOf(table))
    }),
    { runs: 1000 },
  )

  law(
    'csv: what is written reads back equal with any marks, including those that begin numbers and words',
    fc.property(
      arbitraryTable,
      fc.record({
        delimiter: fc.constantFrom(',', ';', '\t', ' ', '-', '1', '.'),
        quote: fc.constantFrom('"', "'", '`', 'e'),
        escape: fc.constantFrom(undefined, '\\', '"', '0'),
        comment: fc.constantFrom(undefined, '#', '-', '2', 't', 'f', 'N', '--', '//', 'é'),
        nullValues: fc.constantFrom([''], ['NA', ''], ['NaN'], ['true'], ['-1', '0']),
      }),
      (table, { escape: escapeMark, comment, ...rest }) => {
        const options = { ...rest, ...(escapeMark && { escape: escapeMark }), ...(comment && { comment }) }
        const marks = [rest.delimiter, rest.quote, escapeMark, comment].filter((mark) => mark !== undefined)
        fc.pre(new Set(marks).size === marks.length)
        fc.pre(comment === undefined || !comment.startsWith(rest.delimiter))
        // A null whose text holds a mark is refused.
        fc.pre(!marks.some((mark) => rest.nullValues[0]?.includes(mark)))
        const back = decodeCsv(encodeCsv(table, options), { ...options, schema: table.schema })
        expect(columnsOf(back)).toEqual(columnsOf(table))
      },
    ),
    { runs: 600 },
  )

  law(
    'csv: batches written one by one are the whole table, sliced anywhere',
    fc.asyncProperty(arbitraryTable, fc.nat(6), async (table, cut) => {
      const parts = [table.slice(0, cut), table.slice(cut)].filter((part) => part.numRows > 0)
      const batches = parts.flatMap((part) => part.batches)
      fc.pre(batches.length > 0)
      async function* source() {
        yield* batches
      }
      const streamed = Buffer.concat(await collect(csv().write()(source())))
      expect(streamed.toString()).toBe(Buffer.from(encodeCsv(table)).toString())
    }),
  )

  law(
    'csv: a double is written as String writes it',
    fc.property(
      fc.oneof(
        fc.double(),
        fc.integer().map((value) => value / 100),
        fc.maxSafeInteger().map((value) => value / 1e4),
      ),
      (value) => {
        const out = Buffer.alloc(40)
        const end = writeShortDecimal(value, out, 0)
        if (end !== -1) expect(out.subarray(0, end).toString()).toBe(String(value))
      },
    ),
    { runs: 3000 },
  )
})

/** Cells of all columns as they are stored, since Arrow's accessors round times. */
function columnsOf(table: Table): unknown[][] {
  return table.schema.fields.map((_, column) =>
    (table.getChildAt(column)?.data ?? []).flatMap((data) => {
      const cells = makeVector(data)
      const isStored = data.values instanceof BigInt64Array
      return Array.from({ length: data.length }, (__, row) =>
        !cells.isValid(row) ? null : isStored ? data.values[row] : cells.get(row),
      )
    }),
  )
}
