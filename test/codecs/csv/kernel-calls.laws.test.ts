import { Table } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeCsv } from '../../../src/codecs/csv/csv.ts'
import { law } from '../../support/law.ts'
import { chunksAt, readAll, utf8 } from './support.ts'

/** Rows before those that matter: enough that the kernel reads them. */
const LEADING_ROWS = 200

describe('decimals', () => {
  const digits = (most: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${most}}$`))
  const decimal = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.double({ min: -1000, max: 1000, noNaN: true }).map(String),
    fc.tuple(fc.constantFrom('', '-'), digits(9), digits(18)).map(([sign, whole, rest]) => `${sign}${whole}.${rest}`),
    // Halfway between two doubles, or next to it.
    fc
      .tuple(fc.integer({ min: 1, max: 2 ** 20 }), fc.integer({ min: 1, max: 30 }), fc.constantFrom(-1n, 0n, 1n))
      .map(([odd, shift, more]) => {
        const scaled = (2n ** 53n + BigInt(2 * odd + 1)) * 10n ** 18n
        const text = String(scaled / 2n ** BigInt(shift + 1) + more).padStart(19, '0')
        return `${text.slice(0, -18)}.${text.slice(-18)}`
      }),
  )

  law(
    'csv: a decimal is read like Number reads it, or its column keeps the text',
    fc.property(fc.array(decimal, { minLength: 1, maxLength: 20 }), (cells) => {
      const leading = Array.from({ length: LEADING_ROWS }, () => '0.5')
      const column = decodeCsv(utf8(['a', ...leading, ...cells, ''].join('\n'))).getChild('a')
      const values = cells.map((_, row) => column?.get(LEADING_ROWS + row))
      const isText = typeof values[0] === 'string'
      expect(values).toEqual(isText ? cells : cells.map(Number))
    }),
    { runs: 500 },
  )
})

describe('quoted text across the calls of the kernel', () => {
  law(
    'csv: rows of any length with quoted line breaks are read the same under any chunking',
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(1, 40, 3_000, 70_000, 200_000), fc.constantFrom('x', '\n', '""\n', 'é,\r\n')), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.array(fc.nat(600_000), { maxLength: 4 }),
      async (texts, cuts) => {
        const bodies = texts.map(([length, part]) => part.repeat(Math.ceil(length / part.length)))
        const leading = Array.from({ length: LEADING_ROWS }, (_, row) => `${row},"a\nb"`)
        const rows = bodies.map((body, row) => `${LEADING_ROWS + row},"${body}"`)
        const bytes = utf8(['id,body', ...leading, ...rows, ''].join('\n'))
        const expected = bodies.map((body) => body.replaceAll('""', '"'))
        for (const table of [decodeCsv(bytes), new Table(await readAll(chunksAt(bytes, cuts)))]) {
          expect(table.numRows).toBe(LEADING_ROWS + bodies.length)
          expect(expected.map((_, row) => table.getChild('body')?.get(LEADING_ROWS + row))).toEqual(expected)
        }
      },
    ),
    { runs: 15 },
  )

  test('an unclosed quote is reported with its line, after many rows read by the kernel', () => {
    const leading = Array.from({ length: 20_000 }, (_, row) => `${row},"some text\nof two lines"`)
    const bytes = utf8(['id,body', ...leading, '1,"open', ...leading].join('\n'))
    expect(() => decodeCsv(bytes)).toThrow(expect.objectContaining({ code: 'CSV_INVALID' }))
  })
})

describe('wide tables', () => {
  const WIDTH = 300
  const line = (row: number, cell: (column: number) => string): string =>
    Array.from({ length: WIDTH }, (_, column) => (column === 0 ? String(row) : cell(column))).join(',')
  const header = line(0, (column) => `c${column}`)

  law(
    'csv: a value that widens a column is kept, in any row used for inference',
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1_500 }),
      fc.integer({ min: 1, max: WIDTH - 1 }),
      fc.constantFrom('x', '0.5', '9007199254740993'),
      async (late, column, value) => {
        const rows = Array.from({ length: 1_600 }, (_, row) =>
          line(row, (each) => (row === late && each === column ? value : '7')),
        )
        const bytes = utf8([header, ...rows, ''].join('\n'))
        const tables = [decodeCsv(bytes), new Table(await readAll(chunksAt(bytes, [70_000, 400_000])))]
        for (const table of tables) {
          expect(table.numRows).toBe(1_600)
          expect(String(table.getChildAt(column)?.get(late))).toBe(value)
          expect(String(table.getChildAt(column)?.get(late - 1))).toBe('7')
        }
      },
    ),
    { runs: 4 },
  )

  test('text longer than the buffer of its column is read completely', () => {
    const long = 'y'.repeat(400_000)
    const rows = Array.from({ length: 90 }, (_, row) =>
      line(row, (column) => (row === 80 && column === 9 ? long : 'z')),
    )
    const table = decodeCsv(utf8([header, ...rows, ''].join('\n')))
    expect(table.numRows).toBe(90)
    expect(table.getChildAt(9)?.get(80)).toBe(long)
    expect(table.getChildAt(9)?.get(81)).toBe('z')
  })

  test('types are confirmed by the rows themselves if there are too many batches to hold', async () => {
    const wide = 'w'.repeat(2_000)
    const rows = Array.from({ length: 9_000 }, (_, row) => `${row},${`${wide},`.repeat(4)}${wide}`)
    const bytes = utf8(['id,a,b,c,d,e', ...rows, 'late,,,,,', ''].join('\n'))
    const rejected: unknown[] = []
    const batches = await readAll(chunksAt(bytes, []), {
      inferRows: 9_000,
      onInvalidRow: ({ row }) => rejected.push(row),
    })
    const table = new Table(batches)
    expect(table.numRows).toBe(9_000)
    expect(table.getChild('id')?.get(8_999)).toBe(8_999n)
    expect(rejected).toEqual([9_001])
  })
})
