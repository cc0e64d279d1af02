import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DataType, type Table } from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, describe, expect } from 'vitest'
import type { Inspection } from '../../src/cli/inspection.ts'
import { READ_FLAGS } from '../../src/cli/read-flags.ts'
import { typeText } from '../../src/cli/type-text.ts'
import { WRITE_FLAGS } from '../../src/cli/write-flags.ts'
import { codecFor, decodeParquet, encodeCsv, encodeJson, encodeParquet } from '../../src/codecs/index.ts'
import { columnTypeName } from '../../src/columns/column-type.ts'
import { arbitraryFlatType, arbitraryTableCase, type TableCase } from '../support/arbitrary-table.ts'
import { tableCells } from '../support/column-cells.ts'
import { law } from '../support/law.ts'
import { folder, runCli } from './support.ts'

const files = folder()
afterAll(files.remove)

const convert = async (from: string, to: string, ...flags: readonly string[]): Promise<void> => {
  const { code, stderr } = await runCli(['convert', files.file(from), files.file(to), '--force', ...flags])
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^[\d,]+ rows?, /)])
}
const readParquet = async (name: string): Promise<Table> => decodeParquet(readFileSync(files.file(name)))
const isFiniteCell = (cell: unknown): boolean => typeof cell !== 'number' || Number.isFinite(cell)

/** Types that a `schema` option has names for, and a CSV file texts. */
const namedTypes = arbitraryFlatType().filter((type) => {
  const isLocal = DataType.isTimestamp(type) && type.timezone !== 'UTC'
  const isNamed = DataType.isInt(type) || DataType.isFloat(type) || DataType.isBool(type) || DataType.isUtf8(type)
  return isNamed || DataType.isDecimal(type) || DataType.isDate(type) || (DataType.isTimestamp(type) && !isLocal)
})
const schemaFlag = ({ schema }: TableCase): string =>
  JSON.stringify(Object.fromEntries(schema.fields.map(({ name, type }) => [name, columnTypeName(type)])))

describe('convert', () => {
  law(
    'convert: Parquet to Parquet and back is the same table, with any flags for writing',
    fc.asyncProperty(
      arbitraryTableCase(),
      fc.constantFrom('snappy', 'gzip', 'none'),
      fc.constantFrom('compatible', 'compact'),
      fc.integer({ min: 1, max: 50 }),
      async ({ table }, compression, encodings, rows) => {
        const bytes = await encodeParquet(table)
        writeFileSync(files.file('in.parquet'), bytes)
        const flags = ['--to-compression', compression, '--encodings', encodings, '--row-group-rows', String(rows)]
        await convert('in.parquet', 'out.parquet', ...flags)
        const [before, after] = [await decodeParquet(bytes), await readParquet('out.parquet')]
        expect(tableCells(after)).toEqual(tableCells(before))
        expect(String(after.schema)).toBe(String(before.schema))
      },
    ),
    { runs: 60 },
  )

  law(
    'convert: Parquet to CSV, TSV, JSON or NDJSON and back, with its own types, is the same table',
    fc.asyncProperty(
      arbitraryTableCase({ types: namedTypes }),
      fc.constantFrom('csv', 'tsv', 'csv.gz', 'json', 'ndjson', 'jsonl.gz'),
      async (one, ending) => {
        const isJson = ending.includes('json')
        fc.pre(one.rows.length > 0 || !isJson)
        fc.pre(!isJson || one.rows.every((row) => row.every(isFiniteCell)))
        // A row of nulls has no key in JSON, and neither has a file of them.
        fc.pre(!isJson || one.schema.fields.every((_, index) => one.rows.some((row) => row[index] !== null)))
        writeFileSync(files.file('in.parquet'), await encodeParquet(one.table))
        await convert('in.parquet', `text.${ending}`, ...(isJson ? [] : ['--to-null-values', '\\N']))
        await convert(
          `text.${ending}`,
          'back.parquet',
          '--schema',
          schemaFlag(one),
          ...(isJson ? [] : ['--null-values', '\\N']),
        )
        expect(tableCells(await readParquet('back.parquet'))).toEqual(tableCells(await readParquet('in.parquet')))
      },
    ),
    { runs: 100 },
  )
})

describe('inspect', () => {
  law(
    'inspect: rows, nulls and types are those of the table',
    fc.asyncProperty(arbitraryTableCase(), async ({ table, rows, schema }) => {
      writeFileSync(files.file('some.parquet'), await encodeParquet(table))
      const { code, stdout } = await runCli(['inspect', files.file('some.parquet'), '--json'])
      const found = JSON.parse(stdout) as Inspection
      expect([code, found.rows]).toEqual([0, rows.length])
      expect(found.columns.map(({ name, nulls }) => [name, nulls])).toEqual(
        schema.fields.map(({ name }, index) => [name, rows.filter((row) => row[index] === null).length]),
      )
    }),
    { runs: 100 },
  )

  law(
    'inspect: the printed schema is that of the whole file, and reads the file',
    fc.asyncProperty(
      arbitraryTableCase({ types: namedTypes, maxRows: 20 }),
      fc.constantFrom('csv', 'json'),
      async (one, format) => {
        fc.pre(one.rows.length > 0 && one.rows.every((row) => row.every((cell) => cell !== null && isFiniteCell(cell))))
        const bytes = format === 'csv' ? encodeCsv(one.table) : encodeJson(one.table)
        writeFileSync(files.file(`types.${format}`), bytes)
        const { stdout } = await runCli(['inspect', files.file(`types.${format}`), '--json', '--infer-rows', 'all'])
        const { schema, rows } = JSON.parse(stdout) as Inspection
        let read = 0
        for await (const batch of codecFor(`types.${format}`, { schema: schema as never }).read(bytes)) {
          read += batch.numRows
          expect(Object.fromEntries(batch.schema.fields.map((field) => [field.name, typeText(field)]))).toEqual(schema)
        }
        expect(read).toBe(rows)
      },
    ),
    { runs: 60 },
  )

  law(
    'inspect: types are printed as schema options accept them',
    fc.property(arbitraryFlatType(), (type) => {
      const text = typeText({ type, metadata: new Map() } as never)
      const isLocal = DataType.isTimestamp(type) && (type.timezone ?? '') === ''
      if (!DataType.isDictionary(type) && !DataType.isFixedSizeBinary(type) && !DataType.isTime(type))
        expect(text).toBe(columnTypeName(type) + (isLocal ? ' (local)' : ''))
    }),
  )
})

describe('any input', () => {
  const names = fc.constantFrom(
    'x.csv',
    'x.tsv',
    'x.json',
    'x.ndjson',
    'x.parquet',
    'x.csv.gz',
    'x.json.gz',
    'x.parquet.gz',
  )
  const tables = arbitraryTableCase({ maxRows: 10, nested: false })
  const valid = fc.tuple(tables, names).map(([{ table }, name]) => ({ table, name }))
  /** Bytes at random, or those of a file with some of them changed and its end cut off. */
  const bytesOf = async (table: Table, name: string): Promise<Uint8Array> => {
    const chunks: Uint8Array[] = []
    const codec = codecFor(name)
    async function* batches() {
      yield* table.batches
    }
    try {
      for await (const chunk of codec.write()(batches())) chunks.push(chunk)
    } catch {
      // Types that the format has no form for: what there is so far is a file that was cut off.
    }
    return Buffer.concat(chunks)
  }

  law(
    'any bytes: one line on stderr and exit code 2, or a result; no partial file, no payload in the message',
    fc.asyncProperty(
      valid,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.nat(),
      fc.option(fc.uint8Array({ maxLength: 200 }), { freq: 3 }),
      fc.constantFrom('out.csv', 'out.ndjson', 'out.parquet'),
      async ({ table, name }, changes, end, random, to) => {
        const bytes = random ?? Uint8Array.from(await bytesOf(table, name))
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value
        writeFileSync(files.file(name), bytes.subarray(0, end % 3 === 0 ? end % (bytes.length + 1) : bytes.length))
        rmSync(files.file(to), { force: true })
        const before = files.names()
        for (const args of [
          ['inspect', files.file(name)],
          ['convert', files.file(name), files.file(to)],
        ]) {
          const { code, stderr } = await runCli(args)
          if (code === 2) expect(stderr).toMatch(/^[A-Z_]+: [^\n]*\n$/)
          expect(stderr).not.toContain('UNEXPECTED')
          expect([0, 1, 2]).toContain(code)
          expect(files.names().filter((each) => !before.includes(each))).toEqual(
            args[0] === 'convert' && code !== 2 ? [to] : [],
          )
        }
      },
    ),
    { runs: 150 },
  )

  const words = fc.oneof(
    fc.constantFrom(...Object.keys({ ...READ_FLAGS, ...WRITE_FLAGS }).map((name) => `--${name}`)),
    fc.constantFrom(
      '-',
      '--',
      '-h',
      '--json',
      '--force',
      '{}',
      '{"a":"int64"}',
      'a=int64',
      '1',
      ';',
      'gzip',
      'csv',
      'null',
    ),
    fc.string({ maxLength: 8 }),
    fc
      .tuple(fc.constantFrom(...Object.keys(READ_FLAGS)), fc.string({ maxLength: 4 }))
      .map(([name, text]) => `--${name}=${text}`),
  )
  law(
    'any words: a command line runs, or is rejected in one line with a code of the library',
    fc.asyncProperty(fc.array(words, { maxLength: 6 }), async (args) => {
      writeFileSync(files.file('words.csv'), 'a,b\n1,2\n')
      const { code, stderr } = await runCli(['inspect', ...args, files.file('words.csv')], { stdin: 'a\n1\n' })
      expect([0, 1, 2]).toContain(code)
      if (code === 2 && !args.includes('--json')) expect(stderr).toMatch(/^[A-Z_]+: [^\n]*\n$/)
      expect(stderr).not.toContain('UNEXPECTED')
    }),
    { runs: 300 },
  )
})
