import { Table } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { csv, decodeCsv, encodeCsv } from '../../../src/codecs/csv/csv.ts'
import { type CsvOptions, csvSettings } from '../../../src/codecs/csv/csv-options.ts'
import { dateFormat } from '../../../src/codecs/csv/date-format.ts'
import { kernelMarks } from '../../../src/codecs/csv/read/kernel/kernel-marks.ts'
import { leadingLines } from '../../../src/codecs/csv/read/rows/leading-lines.ts'
import { isEscapedQuote, marksOf } from '../../../src/codecs/csv/read/rows/marks.ts'
import { rowsFromTable } from '../../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import { law } from '../../support/law.ts'

const rowsOf = (table: Table): unknown[] => [...rowsFromTable(table)]
const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(message) })
const DAY = 86_400_000

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    const to = Math.min(bytes.length, Math.max(from, cut))
    yield bytes.subarray(from, to)
    from = to
  }
  yield bytes.subarray(from)
}

async function readCut(bytes: Uint8Array, cuts: readonly number[], options: CsvOptions): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const batch of csv(options).read(pieces(bytes, cuts))) rows.push(...rowsOf(new Table([batch])))
  return rows
}

describe('formats of dates and times', () => {
  const seconds = (hours: number, minutes: number, rest: number): number => (hours * 60 + minutes) * 60 + rest

  test.each<[string, string, string, number | undefined, number | undefined]>([
    ['%Y-%m-%d', 'date', '2024-02-29', Date.UTC(2024, 1, 29) / DAY, 0],
    ['%d.%m.%y', 'date', '1.2.69', Date.UTC(1969, 1, 1) / DAY, 0],
    ['%d.%m.%y', 'date', '1.2.68', Date.UTC(2068, 1, 1) / DAY, 0],
    ['%d %b %Y', 'date', '05 DEC 0099', new Date('0099-12-05T00:00:00Z').getTime() / DAY, 0],
    ['%d %b %Y', 'date', '5 jan 2024', Date.UTC(2024, 0, 5) / DAY, 0],
    ['%Y-%m-%d', 'date', '2023-02-29', undefined, undefined],
    ['%Y-%m-%d', 'date', '2023-13-01', undefined, undefined],
    ['%Y-%m-%d', 'date', '2023-01-00', undefined, undefined],
    ['%Y-%m-%d', 'date', 'x2024-02-29', undefined, undefined],
    ['%Y-%m-%d', 'date', '2024-02-29x', undefined, undefined],
    ['%Y.%m', 'none', '', undefined, undefined],
    ['%H:%M', 'time', '13:45', 0, seconds(13, 45, 0)],
    ['%H:%M:%S', 'time', '23:59:59', 0, seconds(23, 59, 59)],
    ['%H:%M:%S', 'time', '24:00:00', undefined, undefined],
    ['%H:%M:%S', 'time', '23:60:00', undefined, undefined],
    ['%H:%M:%S', 'time', '23:59:60', undefined, undefined],
    ['%I:%M %p', 'time', '12:05 am', 0, seconds(0, 5, 0)],
    ['%I:%M %p', 'time', '12:05 PM', 0, seconds(12, 5, 0)],
    ['%I:%M %p', 'time', '1:05 pm', 0, seconds(13, 5, 0)],
    ['%I:%M %p', 'time', '0:05 pm', undefined, undefined],
    ['%I:%M %p', 'time', '13:05 pm', undefined, undefined],
    ['%H:%M %p', 'time', '13:05 pm', 0, seconds(13, 5, 0)],
    ['%H:%M %p', 'time', '13:05 am', undefined, undefined],
    ['%H:%M %p', 'time', '11:05 pm', undefined, undefined],
    ['%H', 'time', '7', 0, seconds(7, 0, 0)],
    ['%Y%m%d%H%M%S', 'timestamp', '20240229123456', Date.UTC(2024, 1, 29) / DAY, seconds(12, 34, 56)],
    ['%Y-%m-%d %H:%M%z', 'timestamp', '2024-02-29 12:34Z', Date.UTC(2024, 1, 29) / DAY, seconds(12, 34, 0)],
    ['%Y-%m-%d %H:%M%z', 'timestamp', '2024-02-29 12:34+05:30', Date.UTC(2024, 1, 29) / DAY, seconds(7, 4, 0)],
    ['%Y-%m-%d %H:%M%z', 'timestamp', '2024-02-29 12:34-0530', Date.UTC(2024, 1, 29) / DAY, seconds(18, 4, 0)],
    ['%Y-%m-%d %H:%M%z', 'timestamp', '2024-02-29 00:34+05:30', Date.UTC(2024, 1, 29) / DAY, seconds(-5, 4, 0)],
    ['%Y-%m-%d %H:%M%z', 'timestamp', '2024-02-29 12:34+24:00', undefined, undefined],
    ['%Y-%m-%d %H:%M%z', 'timestamp', '2024-02-29 12:34+05:60', undefined, undefined],
    [
      '%Y-%m-%d %H:%M:%S.%f',
      'timestamp[us]',
      '2024-02-29 12:34:56.5',
      Date.UTC(2024, 1, 29) / DAY,
      seconds(12, 34, 56.5),
    ],
    ['100%% %Y (%m) [%d]', 'date', '100% 2024 (02) [29]', Date.UTC(2024, 1, 29) / DAY, 0],
    ['%Y.%m.%d', 'date', '2024-02-29', undefined, undefined],
  ])('%s is a %s: %s', (format, type, text, days, second) => {
    if (type === 'none') return expect(() => dateFormat(format)).toThrow(invalid(/^formats: /))
    const { parse, type: found } = dateFormat(format)
    expect(found).toBe(type)
    const expected = days === undefined || second === undefined ? undefined : { days, nanoseconds: second * 1e9 }
    expect(parse(text)).toEqual(expected)
  })

  test.each([
    ['%Y-%m-%d%', /% is not one of/],
    ['%q', /%q is not one of/],
    ['%__proto__', /is not one of/],
    ['%Y-%Y', /%Y occurs twice/],
    ['%Y %y %m %d', /one year/],
    ['%Y %m %b %d', /one month/],
    ['%Y %m', /one day/],
    ['%m %d', /one year/],
    ['%Y %d', /one month/],
    ['%H %I', /one hour/],
    ['%M', /one hour/],
    ['%I:%M', /%I and %p/],
    ['%p', /one hour/],
    ['%H:%S', /seconds need minutes/],
    ['%H:%M.%f', /fraction needs seconds/],
    ['%H:%M%z', /%z needs/],
    ['%Y-%m-%d%z', /%z needs/],
    ['x', /no directive/],
    ['', /no directive/],
  ])('%s is refused', (format, message) => {
    expect(() => dateFormat(format)).toThrow(invalid(message))
  })

  test('columns of formats keep what their type holds', () => {
    const read = (text: string, format: string, type: string) =>
      rowsOf(decodeCsv(Buffer.from(`a,b\n${text},x\n`), { formats: { a: format }, schema: { a: type } as never }))[0]
    expect(read('29.02.2024', '%d.%m.%Y', 'date')).toEqual({ a: new Date('2024-02-29'), b: 'x' })
    expect(read('1.30 pm', '%I.%M %p', 'time')).toEqual({ a: '13:30:00.000000', b: 'x' })
    expect(read('29.2.2024 0:30+01:00', '%d.%m.%Y %H:%M%z', 'timestamp')).toEqual({
      a: new Date('2024-02-28T23:30:00Z'),
      b: 'x',
    })
    for (const [format, type] of [
      ['%H', 'date'],
      ['%Y%m%d', 'time'],
      ['%H', 'timestamp'],
      ['%Y%m%d%H', 'date'],
      ['%Y%m%d', 'int64'],
    ] as const) {
      expect(() => read('1', format, type)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    }
    expect(() => read('29.2.2024 1:2:3.0000001', '%d.%m.%Y %H:%M:%S.%f', 'timestamp[us]')).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH' }),
    )
    expect(() => read(`1${' '.repeat(250)}`, `%Y${' '.repeat(250)}%m%d`, 'date')).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH' }),
    )
  })
})

describe('writing', () => {
  const cell = fc.oneof(
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '',
        ' ',
        '\t',
        'NA',
        'na',
        '5',
        '-5',
        'true',
        'sep=;',
        '\ufeff',
        ' a',
        'a ',
        '"',
        '""',
        'a"b',
        '\\',
        'a\\b',
      ),
    },
    fc.string({
      unit: fc.constantFrom('a', '"', '\\', ',', ';', ' ', '\n', '\r', '#', '5', '-', 'é', "'"),
      maxLength: 6,
    }),
  )
  const options = fc.record(
    {
      delimiter: fc.constantFrom(',', ';', '\t', '-', '5', 'e', '.'),
      quote: fc.constantFrom('"', "'", '1'),
      escape: fc.constantFrom('"', '\\'),
      comment: fc.constantFrom('#', '-', 't', '//'),
      nullValues: fc.constantFrom(['NA'], ['', 'NA'], ['5', 'NA'], ['true', '']),
      trim: fc.boolean(),
      header: fc.boolean(),
      eol: fc.constantFrom('\n' as const, '\r\n' as const),
    },
    { requiredKeys: ['nullValues'] },
  )

  law(
    'csv: what is written reads back equal, in every writable dialect',
    fc.property(
      options,
      fc.array(fc.tuple(fc.option(cell), fc.integer({ min: -99, max: 99 }), fc.boolean()), {
        minLength: 1,
        maxLength: 6,
      }),
      (given, cells) => {
        const quote: string = given.quote ?? '"'
        const delimiter: string = given.delimiter ?? ','
        const comment: string | undefined = given.comment
        const mark: string = given.escape ?? quote
        const marks = [delimiter, quote, ...(comment === undefined ? [] : [comment])]
        fc.pre(
          new Set(marks).size === marks.length &&
            mark !== delimiter &&
            mark !== comment &&
            !comment?.startsWith(delimiter),
        )
        fc.pre(!(given.trim && delimiter === '\t') && (mark === quote || mark === '\\'))
        const rows = cells.map(([text, n, ok]) => ({ text, n, ok, end: text }))
        const schema = { text: 'string', n: 'int64', ok: 'bool', end: 'string' } as const
        const table = tableFromRows(rows, { schema })
        const written = encodeCsv(table, given as CsvOptions)
        const header = given.header === false ? ['text', 'n', 'ok', 'end'] : true
        const read = decodeCsv(written, { ...(given as CsvOptions), header, schema })
        expect(rowsOf(read)).toEqual(rowsOf(table))
      },
    ),
    { runs: 400 },
  )

  test.each<[string, CsvOptions, readonly object[]]>([
    ['a,b\n,x\n', { nullValues: ['NA'] }, [{ a: '', b: 'x' }]],
    ['a,b\nNA,x\n', { nullValues: ['NA'] }, [{ a: null, b: 'x' }]],
    ['a,b\n"NA",x\n', { nullValues: ['NA'] }, [{ a: 'NA', b: 'x' }]],
    ['a,b\n"",x\n', {}, [{ a: '', b: 'x' }]],
    ['a,b\n"a\\"b","c\\\\d"\n', { escape: '\\' }, [{ a: 'a"b', b: 'c\\d' }]],
    ['a,b\n"a""b",c\\d\n', {}, [{ a: 'a"b', b: 'c\\d' }]],
    ['a-b\n"-5"-x\n', { delimiter: '-' }, [{ a: -5n, b: 'x' }]],
    ['a,b\n"5",6\n', { nullValues: ['5', ''] }, [{ a: 5n, b: 6n }]],
    ['a,b\n" a",b\n', { trim: true }, [{ a: ' a', b: 'b' }]],
    ['a,b\n"a\t",b\n', { trim: true }, [{ a: 'a\t', b: 'b' }]],
    ['a,b\n a,b\n', {}, [{ a: ' a', b: 'b' }]],
    ['"sep=x",1\n', { header: false }, [{ a: 'sep=x', b: 1n }]],
    ['"SEP=",1\n', { header: false }, [{ a: 'SEP=', b: 1n }]],
    ['xsep=,1\n', { header: false }, [{ a: 'xsep=', b: 1n }]],
    ['sep=12345,1\n', { header: false }, [{ a: 'sep=12345', b: 1n }]],
    ['sep,1\n', { header: false }, [{ a: 'sep', b: 1n }]],
    ['"\ufeffa",1\n', { header: false }, [{ a: '\ufeffa', b: 1n }]],
    [`a,b\n${'x'.repeat(64)},${'y'.repeat(65)}\n`, {}, [{ a: 'x'.repeat(64), b: 'y'.repeat(65) }]],
  ])('%j', (text, given, rows) => {
    expect(Buffer.from(encodeCsv(tableFromRows(rows as never), given)).toString()).toBe(text)
  })

  test('an error names the row, counted over batches', async () => {
    const batches = [
      ...tableFromRows([{ a: 'x' }, { a: 'y' }]).batches,
      ...tableFromRows([{ a: 'z' }, { a: null }], { schema: { a: 'string' } }).batches,
    ]
    const run = async (options: CsvOptions): Promise<void> => {
      for await (const _ of csv(options).write()(batches as never));
    }
    await expect(run({ nullValues: [] })).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      position: { column: 'a', row: 4 },
    })
    const quoted = [...tableFromRows([{ a: 'x' }]).batches, ...tableFromRows([{ a: 'x' }, { a: 'a,b' }]).batches]
    const write = async (): Promise<void> => {
      for await (const _ of csv({ quote: false }).write()(quoted as never));
    }
    await expect(write()).rejects.toMatchObject({ code: 'TYPE_MISMATCH', position: { column: 'a', row: 3 } })
  })
})

describe('options', () => {
  test.each<[CsvOptions | object, RegExp]>([
    [{ header: 7 }, /header must be true, false or an array/],
    [{ header: 'a' }, /header must be/],
    [{ header: ['a', 1] }, /header must be/],
    [{ header: [] }, /header must name at least one column/],
    [{ delimiter: ',', quote: ',' }, /must differ/],
    [{ comment: ',' }, /must differ/],
    [{ comment: '"' }, /must differ/],
    [{ comment: ',x' }, /comment must not begin/],
    [{ comment: '"x' }, /comment must not begin/],
    [{ quote: '""', escape: '"' }, /equal or not overlap/],
    [{ quote: 'ab', escape: 'ba' }, /equal or not overlap/],
    [{ quote: 'ab', escape: 'xa' }, /equal or not overlap/],
    [{ delimiter: 'x"' }, /delimiter must not end as quote does/],
    [{ shortRows: 'x' }, /shortRows/],
    [{ trailingDelimiter: 'x' }, /trailingDelimiter/],
    [{ trim: true, comment: '# ' }, /with trim/],
    [{ trim: true, quote: '\t' }, /with trim/],
    [{ decimal: 'é' }, /decimal must be one ASCII character/],
    [{ decimal: ',,' }, /decimal must be one ASCII character/],
    [{ decimal: '5' }, /decimal must be one ASCII character/],
    [{ decimal: ',' }, /decimal must differ from delimiter/],
    [{ decimal: '"' }, /decimal must differ/],
    [{ thousands: '"' }, /thousands must differ/],
    [{ thousands: '-' }, /thousands must be one ASCII character/],
    [{ thousands: '.' }, /decimal and thousands must differ/],
    [{ trueValues: [] }, /must not be empty/],
    [{ falseValues: [] }, /must not be empty/],
    [{ trueValues: ['a'], falseValues: ['b', 'a'] }, /trueValues and falseValues must differ/],
  ])('%o: refused', (options, message) => {
    expect(() => csvSettings(options as CsvOptions)).toThrow(invalid(message))
  })

  test.each<CsvOptions>([
    { thousands: ',' },
    { decimal: ',', delimiter: ';' },
    { decimal: ',', thousands: '.', delimiter: ';' },
    { trim: true, delimiter: '\t' },
    { quote: false, comment: '#' },
    { quote: false, delimiter: '"' },
    { comment: '"', quote: "'" },
    { quote: 'ab', escape: 'cd' },
    { trueValues: ['a'], falseValues: ['b'] },
    { header: true },
    { header: ['a', ''] },
  ])('%o: taken', (options) => {
    expect(() => csvSettings(options)).not.toThrow()
  })

  test.each<[CsvOptions, boolean]>([
    [{}, true],
    [{ delimiter: '\t', quote: "'" }, true],
    [{ quote: false }, true],
    [{ quote: false, delimiter: '"' }, true],
    [{ escape: '\\' }, true],
    [{ comment: '#' }, true],
    [{ comment: '//' }, true],
    [{ trim: true }, false],
    [{ delimiter: '||' }, false],
    [{ delimiter: 'é' }, false],
    [{ delimiter: '-' }, false],
    [{ delimiter: 'x' }, false],
    [{ delimiter: ' ' }, false],
    [{ quote: '5' }, false],
    [{ quote: "''" }, false],
    [{ escape: 'e' }, false],
  ])('%o: the kernel knows the dialect: %s', (options, isKnown) => {
    const { layout } = csvSettings(options)
    const marks = kernelMarks(layout.dialect)
    expect(marks !== undefined).toBe(isKnown)
    if (marks === undefined) return
    const { delimiter, quote, escape: escapeMark, comment } = layout.dialect
    expect(marks).toEqual({
      delimiter: delimiter.charCodeAt(0),
      quote: quote === false ? 10 : quote.charCodeAt(0),
      escape: quote === false ? 10 : escapeMark.charCodeAt(0),
      comment: comment === undefined ? 10 : comment.charCodeAt(0),
      skipsComments: comment?.length === 1,
    })
  })
})

describe('numbers with other marks', () => {
  test.each<[CsvOptions, string, number | undefined]>([
    [{ decimal: ',', delimiter: ';' }, '1,5', 1.5],
    [{ decimal: ',', delimiter: ';' }, '-,5', -0.5],
    [{ decimal: ',', delimiter: ';' }, '1,5e-2', 0.015],
    [{ decimal: ',', delimiter: ';' }, '1.5', undefined],
    [{ decimal: ',', thousands: '.', delimiter: ';' }, '1.234.567,5', 1234567.5],
    [{ decimal: ',', thousands: '.', delimiter: ';' }, '1234567,5', 1234567.5],
    [{ decimal: ',', thousands: '.', delimiter: ';' }, '12.34,5', undefined],
    [{ decimal: ',', thousands: '.', delimiter: ';' }, '1234.567', undefined],
    [{ thousands: "'" }, "-1'234.5", -1234.5],
    [{ thousands: "'" }, "1''234", undefined],
    [{ thousands: '_' }, '1_000', 1000],
    [{ decimal: '_' }, '1_5', 1.5],
  ])('%o: %s is %s', (options, text, value) => {
    const read = () => rowsOf(decodeCsv(Buffer.from(`a\n${text}\n`), { ...options, schema: { a: 'float64' } }))
    if (value === undefined) expect(read).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }))
    else expect(read()).toEqual([{ a: value }])
  })
})

describe('what comes before the rows', () => {
  const breaks = fc.constantFrom('\n', '\r\n', '\r')
  law(
    'csv: skipped lines and the line that names the delimiter are the same however the bytes are cut',
    fc.property(
      fc.nat(3),
      fc.array(
        fc.tuple(fc.constantFrom('', 'x', 'sep=;', 'SEP=é', 'sep=;;', 'sep=', 'é', 'longer than that'), breaks),
        { maxLength: 5 },
      ),
      fc.constantFrom('', 'a;b', 'sep=\t'),
      fc.array(fc.nat(40), { maxLength: 4 }),
      (count, lines, end, cuts) => {
        const bytes = Buffer.from(lines.flat().join('') + end)
        const feed = leadingLines(count)
        let found: ReturnType<typeof feed>
        let rest = Buffer.alloc(0)
        let from = 0
        for (const to of [...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]) {
          const chunk = bytes.subarray(from, to)
          from = to
          if (found === undefined) found = feed(chunk)
          else rest = Buffer.concat([rest, chunk])
        }
        found ??= feed(undefined)
        // By hand: the whole text, its lines taken off one by one.
        let text = bytes.toString()
        let line = 1
        for (; line <= count; line++) {
          const next = /\r\n|\n|\r/.exec(text)
          if (next === null) break
          text = text.slice(next.index + next[0].length)
        }
        const isAllSkipped = line <= count
        const sep = isAllSkipped ? null : /^sep=([^\r\n])(?:\r\n|\n|\r|$)/iu.exec(text)
        expect(found?.delimiter).toBe(sep?.[1])
        expect(found?.line).toBe(line + (sep ? 1 : 0))
        const left = Buffer.concat([found?.rest ?? Buffer.alloc(0), rest]).toString()
        expect(left).toBe(isAllSkipped ? '' : text.slice(sep?.[0].length ?? 0))
      },
    ),
    { runs: 500 },
  )

  const letters = fc.string({
    unit: fc.constantFrom('a', 'é', '😀', '\u2028', '\ufffd', '7'),
    minLength: 1,
    maxLength: 6,
  })
  law(
    'csv: UTF-16 of either kind, with its mark or without, is read as UTF-8 is, however the bytes are cut',
    fc.asyncProperty(
      fc.array(letters, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      fc.boolean(),
      fc.array(fc.nat(60), { maxLength: 4 }),
      async (values, isBig, hasMark, cuts) => {
        const text = `a\n${values.join('\n')}\n`
        const bytes = Buffer.from(hasMark ? `\ufeff${text}` : text, 'utf16le')
        if (isBig) bytes.swap16()
        const encoding = isBig ? 'utf-16be' : 'utf-16le'
        const schema = { a: 'string' } as const
        expect(await readCut(bytes, cuts, { encoding, schema })).toEqual(values.map((a) => ({ a })))
      },
    ),
    { runs: 100 },
  )
})

test('isEscapedQuote: an odd number of marks before it, within the quotes', () => {
  const marks = marksOf(csvSettings({ escape: '\\' }).layout.dialect)
  const check = (text: string, start: number) => isEscapedQuote(Buffer.from(text), start, text.length - 1, marks)
  expect([
    check('a"', 0),
    check('a\\"', 0),
    check('a\\\\"', 0),
    check('\\"', 0),
    check('\\"', 1),
    check('\\\\"', 1),
  ]).toEqual([false, true, false, true, false, true])
  expect(marksOf(csvSettings({ quote: false }).layout.dialect)).toMatchObject({
    quote: new Uint8Array(0),
    escape: new Uint8Array(0),
    comment: new Uint8Array(0),
    lastOfQuote: -1,
  })
})
