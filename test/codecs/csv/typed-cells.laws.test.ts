import { Table } from 'apache-arrow'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type CsvOptions, csv } from '../../../src/codecs/csv/csv.ts'
import { rowsFromTable } from '../../../src/columns/rows-from-table.ts'
import { law } from '../../support/law.ts'

/** A cell: its text, and what it is read as. */
interface Cell {
  readonly text: string
  readonly value: unknown
}

const cell = (text: string, value: unknown): Cell => ({ text, value })
const empty = fc.constant(cell('', null))
const nullable = (cells: fc.Arbitrary<Cell>): fc.Arbitrary<Cell> => fc.oneof({ weight: 4, arbitrary: cells }, empty)

const int64 = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -99n, max: 99n }))
const COLUMNS: Readonly<Record<string, { readonly type: string; readonly cells: fc.Arbitrary<Cell> }>> = {
  int64: { type: 'int64', cells: int64.map((value) => cell(String(value), value)) },
  int32: { type: 'int32', cells: fc.integer().map((value) => cell(String(value), value)) },
  uint64: {
    type: 'uint64',
    cells: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => cell(String(value), value)),
  },
  float64: {
    type: 'float64',
    cells: fc.oneof(
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((value) => cell(Object.is(value, -0) ? '-0' : String(value), value)),
      fc.integer({ min: -9999, max: 9999 }).map((value) => cell(`${value / 100}`, value / 100)),
    ),
  },
  bool: { type: 'bool', cells: fc.boolean().map((value) => cell(String(value), value)) },
  date: {
    type: 'date',
    cells: fc.integer({ min: -20_000, max: 20_000 }).map((days) => {
      const date = new Date(days * 86_400_000)
      return cell(date.toISOString().slice(0, 10), date)
    }),
  },
  timestamp: {
    type: 'timestamp',
    cells: fc.integer({ min: -1e9, max: 1e9 }).map((ms) => cell(new Date(ms * 999).toISOString(), new Date(ms * 999))),
  },
  decimal: {
    type: 'decimal(12,2)',
    cells: fc.integer({ min: -99_999, max: 99_999 }).map((cents) => {
      const text = `${cents < 0 ? '-' : ''}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`
      return cell(text, text)
    }),
  },
  string: {
    type: 'string',
    cells: fc
      .string({ unit: fc.constantFrom('a', 'b', '7', 'é', '😀', 'x y'), minLength: 1, maxLength: 8 })
      .map((text) => cell(text, text)),
  },
}

const rowsArbitrary = fc
  .uniqueArray(fc.constantFrom(...Object.keys(COLUMNS)), { minLength: 1, maxLength: 4 })
  .chain((names) =>
    fc
      .array(fc.tuple(...names.map((name) => nullable(COLUMNS[name]?.cells as fc.Arbitrary<Cell>))), {
        minLength: 1,
        maxLength: 12,
      })
      .map((rows) => ({ names, rows })),
  )

async function read(text: string, chunkBytes: number, options: CsvOptions): Promise<Record<string, unknown>[]> {
  const bytes = Buffer.from(text)
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
  }
  const rows: Record<string, unknown>[] = []
  for await (const batch of csv(options).read(chunks())) rows.push(...rowsFromTable(new Table([batch])))
  return rows
}

/** Dialects: those that the kernel knows, and those that the exact reader alone does. */
const dialects = fc.constantFrom<{ options: CsvOptions; blanks: readonly string[]; quote: string; delimiter: string }>(
  { options: {}, blanks: [''], quote: '"', delimiter: ',' },
  { options: { delimiter: '\t', quote: "'" }, blanks: [''], quote: "'", delimiter: '\t' },
  { options: { nullValues: ['', 'NA'] }, blanks: [''], quote: '"', delimiter: ',' },
  { options: { trim: true }, blanks: ['', ' ', '\t ', '  '], quote: '"', delimiter: ',' },
  { options: { delimiter: '||' }, blanks: [''], quote: '"', delimiter: '||' },
  { options: { quote: "''" }, blanks: [''], quote: "''", delimiter: ',' },
  { options: { delimiter: '||', trim: true }, blanks: ['', ' '], quote: '"', delimiter: '||' },
)

law(
  'csv: cells of every type are read as what they are, pinned or not, by the kernel and by the exact reader, however they are cut',
  fc.asyncProperty(
    rowsArbitrary,
    dialects,
    fc.boolean(),
    fc.constantFrom(1, 1, 1, 600),
    fc.constantFrom(7, 64, 1 << 20),
    fc.array(fc.nat(99), { minLength: 1, maxLength: 20 }),
    async ({ names, rows }, { options, blanks, quote, delimiter }, isPinned, times, chunkBytes, picks) => {
      let pick = 0
      const next = (most: number): number => (picks[pick++ % picks.length] as number) % most
      const blank = (): string => blanks[next(blanks.length)] as string
      const nulls = options.nullValues ?? ['']
      const field = ({ text: own, value }: Cell): string => {
        const text = value === null ? (nulls[next(nulls.length)] as string) : own
        if (value === null) return `${blank()}${text}${blank()}`
        const isQuoted = text !== '' && next(3) === 0
        return `${blank()}${isQuoted ? `${quote}${text}${quote}` : text}${blank()}`
      }
      const line = (cells: readonly Cell[]): string => cells.map(field).join(delimiter)
      // Without a blank line, which is no row: a single column has no nulls.
      const all = names.length === 1 ? rows.filter(([first]) => first?.text !== '') : rows
      fc.pre(all.length > 0)
      const lines = Array.from({ length: times }, () => all.map(line).join('\n'))
      const text = `${names.join(delimiter)}\n${lines.join('\n')}\n`
      const schema = Object.fromEntries(names.map((name) => [name, COLUMNS[name]?.type])) as never
      const found = await read(
        text,
        times > 1 ? Math.max(chunkBytes, 4096) : chunkBytes,
        isPinned ? { ...options, schema } : options,
      )
      expect(found.length).toBe(all.length * times)
      const expected = all.map((cells) => Object.fromEntries(names.map((name, at) => [name, cells[at]?.value ?? null])))
      if (isPinned) {
        for (let from = 0; from < found.length; from += all.length)
          expect(found.slice(from, from + all.length)).toEqual(expected)
        return
      }
      // Inferred: nulls are where they were, and all copies of the rows are alike.
      const isNull = (row: Record<string, unknown>): string =>
        names.map((name) => (row[name] === null ? 'n' : 'v')).join('')
      expect(found.slice(0, all.length).map(isNull)).toEqual(expected.map(isNull))
      for (let from = all.length; from < found.length; from += all.length) {
        expect(found.slice(from, from + all.length)).toEqual(found.slice(0, all.length))
      }
    },
  ),
  { runs: 40 },
)
