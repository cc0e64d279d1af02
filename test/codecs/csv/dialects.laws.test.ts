import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { type CsvOptions, decodeCsv } from '../../../src/codecs/csv/csv.ts'
import { isMillraceError } from '../../../src/errors.ts'
import { law } from '../../support/law.ts'
import { referenceRows } from './reference.ts'
import { cellsOf, chunksAt, readAll, utf8 } from './support.ts'

const cuts = fc.array(fc.nat(400), { maxLength: 8 })

/** What was read and refused, or the code and place of the error. */
async function outcomeOf(read: (options: CsvOptions) => unknown, options: CsvOptions): Promise<unknown> {
  const refused: unknown[] = []
  const isCollecting = options.onInvalidRow !== undefined
  try {
    const cells = await read(isCollecting ? { ...options, onInvalidRow: (row) => refused.push(row) } : options)
    return { cells, refused }
  } catch (error) {
    if (!isMillraceError(error)) throw error
    return { code: error.code, position: error.position, message: error.message }
  }
}

const onInvalidRow = () => undefined

describe('dialects', () => {
  const dialects = fc
    .record({
      delimiter: fc.constantFrom(',', ';', '\t', '|', ' ', '||', '→', ', ', 'ab'),
      quote: fc.constantFrom<(string | false)[]>('"', "'", '`', '´', '""', false),
      escape: fc.constantFrom<(string | undefined)[]>(undefined, '\\', '"'),
      comment: fc.constantFrom<(string | undefined)[]>(undefined, '#', '//'),
    })
    .filter((dialect) => !(dialect.quote === '""' && dialect.escape !== undefined))
    .filter((dialect) => new Set([dialect.delimiter, dialect.quote, dialect.escape].filter(Boolean)).size > 1)

  law(
    'csv: any dialect is read as by csv-parse',
    fc.asyncProperty(
      dialects.chain((dialect) =>
        fc.tuple(
          fc.constant(dialect),
          fc.array(
            fc.constantFrom(
              ...[dialect.delimiter, dialect.delimiter, dialect.quote || '"', dialect.escape ?? '\\'],
              ...[
                dialect.comment ?? '#',
                '\n',
                '\n',
                '\r\n',
                '\r',
                'a',
                'é',
                '→',
                ' ',
                '1',
                `x${dialect.delimiter}y\n`,
              ],
            ),
            { maxLength: 30 },
          ),
        ),
      ),
      cuts,
      async ([dialect, parts], places) => {
        const { delimiter, quote, escape: escapeMark, comment } = dialect
        const text = parts.join('')
        const bytes = utf8(text)
        // csv-parse takes a comment after a closing quote, and drops an escape that escapes nothing.
        fc.pre(comment === undefined || quote === false || !text.includes(quote + comment))
        fc.pre(escapeMark === undefined || quote === false || !hasStray(text, escapeMark, quote))
        let rows: string[][] | undefined
        try {
          rows = parse(Buffer.from(bytes), {
            delimiter,
            quote: quote === false ? null : quote,
            escape: quote === false ? null : (escapeMark ?? quote),
            comment: comment ?? null,
            comment_no_infix: true,
            record_delimiter: ['\r\n', '\n', '\r'],
            skip_empty_lines: true,
            relax_column_count: true,
          })
        } catch {
          rows = undefined
        }
        const width = rows?.[0]?.length ?? 0
        const schema = Object.fromEntries(
          Array.from({ length: width }, (_, at) => [`column_${at + 1}`, 'string' as const]),
        )
        const options: CsvOptions = { delimiter, quote, header: false, nullValues: [], schema }
        const all = { ...options, ...(escapeMark && { escape: escapeMark }), ...(comment && { comment }) }
        const ours = await outcomeOf(() => cellsOf(decodeCsv(bytes, all)), all)
        if (rows === undefined || width === 0 || rows.some((row) => row.length !== width)) {
          expect(ours).toMatchObject({ code: expect.stringMatching(/^(CSV_INVALID|OPTION_INVALID)$/) })
        } else {
          expect(ours).toEqual({
            cells: Array.from({ length: width }, (_, at) => rows.map((row) => row[at])),
            refused: [],
          })
        }
        for (const each of [all, { ...all, schema: {}, onInvalidRow }]) {
          const whole = await outcomeOf(async (some) => cellsOf(await readAll(bytes, some)), each)
          expect(await outcomeOf(async (some) => cellsOf(await readAll(chunksAt(bytes, places), some)), each)).toEqual(
            whole,
          )
        }
      },
    ),
    { runs: 1500 },
  )

  const anyDialect = fc
    .record({
      delimiter: fc.constantFrom(',', ';', '\t', '|', ' ', '||', '→', ', ', 'ab', '"'),
      quote: fc.constantFrom<(string | false)[]>('"', '"', "'", '´', '""', false),
      escape: fc.constantFrom<(string | undefined)[]>(undefined, '\\', '"', '//'),
      comment: fc.constantFrom<(string | undefined)[]>(undefined, '#', '//', ',,'),
      trim: fc.boolean(),
      lazyQuotes: fc.boolean(),
      shortRows: fc.constantFrom('error', 'null'),
      trailingDelimiter: fc.constantFrom('error', 'ignore'),
    })
    .filter(({ quote, escape: escapeMark }) => quote !== '""' || escapeMark === undefined)
    .map(
      (dialect) => Object.fromEntries(Object.entries(dialect).filter(([, mark]) => mark !== undefined)) as CsvOptions,
    )

  law(
    'csv: any dialect and its options are read by their rules, under any chunking',
    fc.asyncProperty(
      anyDialect.chain((dialect) => {
        const { delimiter = ',', quote, comment = '#', escape: escapeMark = '\\' } = dialect
        const marks = [delimiter, delimiter, delimiter, quote || '"', quote || '"', escapeMark, comment]
        const others = ['\n', '\n', '\n', '\r\n', '\r', 'a', 'é', ' ', '\t', '1', `${quote || ''}x${quote || ''}`]
        return fc.tuple(fc.constant(dialect), fc.array(fc.constantFrom(...marks, ...others), { maxLength: 30 }))
      }),
      cuts,
      async ([dialect, parts], places) => {
        const text = parts.join('')
        fc.pre(!text.startsWith('sep='))
        const bytes = utf8(text)
        const rows = referenceRows(text, dialect)?.map(({ fields, isPlain }) =>
          fields.map((field, at) => (isPlain[at] ? field : `${field}`)),
        )
        const plain = referenceRows(text, dialect)?.map(({ isPlain }) => isPlain)
        const ignores = dialect.trailingDelimiter === 'ignore'
        const first = rows?.[0] ?? []
        const width =
          ignores && first.length > 1 && first.at(-1) === '' && plain?.[0]?.at(-1) ? first.length - 1 : first.length
        const expected = rows?.map((row, at) => {
          if (ignores && row.length === width + 1 && row.at(-1) === '' && plain?.[at]?.at(-1)) return row.slice(0, -1)
          if (dialect.shortRows !== 'null') return row
          return [...row, ...Array.from({ length: Math.max(0, width - row.length) }, () => null)]
        })
        const schema = Object.fromEntries(
          Array.from({ length: width }, (_, at) => [`column_${at + 1}`, 'string' as const]),
        )
        const options: CsvOptions = { ...dialect, header: false, nullValues: [], schema }
        const whole = await outcomeOf((some) => cellsOf(decodeCsv(bytes, some)), options)
        if (whole !== null && typeof whole === 'object' && 'code' in whole && whole.code === 'OPTION_INVALID') return
        if (expected === undefined || width === 0 || expected.some((row) => row.length !== width)) {
          expect(whole).toMatchObject({ code: 'CSV_INVALID' })
        } else {
          const columns = Array.from({ length: width }, (_, at) => expected.map((row) => row[at]))
          expect(whole).toEqual({ cells: columns, refused: [] })
        }
        for (const each of [options, { ...options, schema: {}, onInvalidRow }]) {
          const uncut = await outcomeOf(async (some) => cellsOf(await readAll(bytes, some)), each)
          const cut = await outcomeOf(async (some) => cellsOf(await readAll(chunksAt(bytes, places), some)), each)
          expect(cut).toEqual(uncut)
        }
      },
    ),
    { runs: 3000 },
  )
})

/** Whether an escape stands before neither a quote nor itself. */
function hasStray(text: string, escapeMark: string, quote: string): boolean {
  return text
    .replaceAll(escapeMark + quote, '')
    .replaceAll(escapeMark + escapeMark, '')
    .includes(escapeMark)
}

describe('values', () => {
  const valueText = fc.oneof(
    fc.integer().map(String),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
    fc.double().map(String),
    fc.integer().map((value) => String(value / 100)),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString().replace('T', ' ').slice(0, 19)),
    fc.stringMatching(
      /^[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9](:[0-6][0-9](\.[0-9]{0,9})?)?(Z|[-+][0-2][0-9]:?[0-5][0-9])?$/,
    ),
    fc.stringMatching(/^[-+]?[0-9.]{0,20}(e-?[0-9]{0,3})?$/),
    fc.stringMatching(/^-?[1-9][0-9]{0,15}\.[0-9]{1,16}$/),
    fc.constantFrom(
      'true',
      'FALSE',
      'True',
      '',
      '-0',
      '007',
      '00.5',
      '+5',
      '.5',
      '5.',
      '1e400',
      '0x10',
      'NaN',
      '-Infinity',
      'x',
      'tru',
      'é\0',
    ),
    fc.constantFrom(
      '1,5',
      '1.000',
      '1.234,5',
      '"1,000"',
      'Y',
      'N',
      'inf',
      'nan',
      '31/12/2024',
      '12:34:56.5',
      '2024-01-01 00:00:00 UTC',
    ),
    fc.constantFrom('aGk=', 'aGk', 'YQ==', 'YR==', '""', '{""a"":1}'),
    fc.constantFrom('#', '#x', `a${'\\'}"b`, `${'\\'}${'\\'}`, 'x,'),
    fc.constantFrom('two\nlines', 'two\r\nlines', 'two\rlines', '\n', '"so ""called"""', '""'),
    fc.constantFrom(
      '9223372036854775807',
      '-9223372036854775808',
      '9007199254740993',
      '123456789012345.678',
      '0.1234567890123456',
    ),
  )
  const field = fc
    .tuple(valueText, fc.nat(5))
    .map(([text, kind]) => (kind === 0 && !text.startsWith('"') ? `"${text}"` : text))
  const typeName = fc.constantFrom(
    ...([
      'bool',
      'int32',
      'int64',
      'float64',
      'string',
      'date',
      'timestamp',
      'timestamp[us]',
      'timestamp[ns]',
      'decimal(12,3)',
      'int8',
      'int16',
      'uint8',
      'uint16',
      'uint32',
      'uint64',
      'json',
      'binary',
      'float32',
      'time',
      undefined,
    ] as const),
  )

  law(
    'csv: the kernel reads the same values and rejects the same rows as the exact reader, in every dialect that it supports',
    fc.asyncProperty(
      fc.tuple(typeName, typeName),
      fc.array(fc.tuple(field, field, fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', '\n\n')), { maxLength: 12 }),
      fc.constantFrom<CsvOptions[]>(
        {},
        { delimiter: ';' },
        { delimiter: '\t', lazyQuotes: true },
        { delimiter: '|', quote: "'" },
        { escape: '\\' },
        { quote: false },
        { comment: '#', shortRows: 'null' },
        { comment: '#' },
        { comment: '#x' },
        { comment: '#', quote: false },
        { delimiter: '\u0001', trailingDelimiter: 'ignore' },
        { delimiter: ';', decimal: ',', thousands: '.' },
        { thousands: ',', lazyQuotes: true },
        { trueValues: ['Y', 'x'], falseValues: ['N'] },
        { formats: { a: '%d/%m/%Y' } },
        { formats: { b: '%H:%M:%S.%f' }, trailingDelimiter: 'ignore' },
      ),
      fc.boolean(),
      fc.array(fc.nat(2000), { maxLength: 4 }),
      async ([a, b], rows, dialect, collects, cuts) => {
        const { delimiter = ',', quote } = dialect
        // So many that more are read by the kernel.
        const first = `${delimiter}\n`.repeat(64)
        const marked = rows.map(([x, y, eol]) => `${x}${delimiter}${y}${eol}`).join('')
        const comments = dialect.comment === undefined ? '' : '#\n# "x,\r#\r\n'
        const rest = quote ? marked.replaceAll('"', quote) : marked
        const bytes = utf8(`a${delimiter}b\n${first}${comments}${rest}`)
        const schema = { ...(a && { a }), ...(b && { b }) }
        const options: CsvOptions = { ...dialect, schema, ...(collects && { onInvalidRow }) }
        const read = (some: CsvOptions) => {
          const table = decodeCsv(bytes, some)
          return [table.schema.fields.map(String), JSON.stringify(cellsOf(table), textOf)]
        }
        const readChunks = async (some: CsvOptions) => {
          const batches = await readAll(chunksAt(bytes, cuts), some)
          return [batches[0]?.schema.fields.map(String), JSON.stringify(cellsOf(batches), textOf)]
        }
        // With a second token for null, all rows are the exact reader's.
        const expected = await outcomeOf(read, { ...options, nullValues: ['', '\u0001\u0001'] })
        expect(await outcomeOf(read, options)).toEqual(expected)
        expect(await outcomeOf(readChunks, options)).toEqual(expected)
      },
    ),
    { runs: 1500 },
  )
})

function textOf(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'number' && !(Number.isFinite(value) && !Object.is(value, -0))
    ? `${Object.is(value, -0) ? '-0' : value}`
    : value
}

describe('encodings', () => {
  const encoders: Record<string, (text: string) => Uint8Array> = {
    'utf-16le': (text) => Buffer.from(text, 'utf16le'),
    'utf-16be': (text) => Buffer.from(text, 'utf16le').swap16(),
    'utf-8': utf8,
    latin1: (text) => Buffer.from(text, 'latin1'),
  }
  const text = fc.array(
    fc.constantFrom('a', '1', 'é', '😀', '€', '"', '"x\r\ny"', ',', ',', '\n', '\n', '\r\n', '\ufeff', '\ufffd'),
    { maxLength: 25 },
  )

  law(
    'csv: text in another encoding is read like its UTF-8, under any chunking',
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(encoders)),
      text,
      fc.boolean(),
      cuts,
      async (encoding, parts, hasMark, places) => {
        const isLatin = encoding === 'latin1'
        const content = isLatin ? parts.join('').replace(/[^\0-\xff]/gu, 'ü') : parts.join('')
        fc.pre(!content.startsWith('\ufeff'))
        const bytes = encoders[encoding]?.(hasMark && !isLatin ? `\ufeff${content}` : content) ?? new Uint8Array()
        const expected = await outcomeOf(() => cellsOf(decodeCsv(utf8(content))), {})
        expect(await outcomeOf(() => cellsOf(decodeCsv(bytes, { encoding })), {})).toEqual(expected)
        expect(await outcomeOf(async () => cellsOf(await readAll(chunksAt(bytes, places), { encoding })), {})).toEqual(
          expected,
        )
      },
    ),
    { runs: 600 },
  )

  law(
    'csv: bytes invalid in their encoding are rejected alike under any chunking, and the rows around them are read',
    fc.asyncProperty(
      fc.constantFrom('utf-8', 'utf-16le', 'utf-16be', 'shift_jis', 'euc-kr', 'gb18030', 'big5', 'euc-jp'),
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 3 }),
          fc.constantFrom(...['a', '1', ',', '\n', '\n', 'é', '\ud83d'].map((part) => Buffer.from(part))),
        ),
        { maxLength: 30 },
      ),
      cuts,
      fc.boolean(),
      async (encoding, parts, places, collects) => {
        const isWide = encoding.startsWith('utf-16')
        const spread = parts.map((part) =>
          isWide && part.length === 1 ? Buffer.from(encoding === 'utf-16le' ? [...part, 0] : [0, ...part]) : part,
        )
        const bytes = new Uint8Array(Buffer.concat(spread))
        const options: CsvOptions = { encoding, header: ['a', 'b'], ...(collects && { onInvalidRow }) }
        const whole = await outcomeOf(async (some) => cellsOf(await readAll(bytes, some)), options)
        expect(await outcomeOf(async (some) => cellsOf(await readAll(chunksAt(bytes, places), some)), options)).toEqual(
          whole,
        )
      },
    ),
    { runs: 1500 },
  )
})
