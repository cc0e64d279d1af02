import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { Io } from '../../src/cli/io.ts'
import { openOutput } from '../../src/cli/output.ts'
import { removeUnfinished } from '../../src/cli/unfinished.ts'
import { decodeCsv, decodeParquet, encodeParquet, rowsFromTable, tableFromRows } from '../../src/codecs/index.ts'
import { stream } from '../support/streams.ts'
import { folder, MAIN, runCli, spawnCli } from './support.ts'

let files = folder()
const used = [files]
beforeEach(() => {
  files = folder()
  used.push(files)
  put('orders.csv', ORDERS)
})
afterAll(() => {
  for (const each of used) each.remove()
})

const ORDERS = 'id,zip,amount\n9007199254740993,02139,1.5\n2,10115,\n'
const ROWS = [
  { id: 9007199254740993n, zip: '02139', amount: 1.5 },
  { id: 2n, zip: '10115', amount: null },
]

const put = (name: string, data: Uint8Array | string): string => {
  writeFileSync(files.file(name), data)
  return files.file(name)
}
const convert = (from: string, to: string, ...flags: readonly string[]) =>
  runCli(['convert', files.file(from), to === '-' ? '-' : files.file(to), ...flags])
const contents = (name: string): string => readFileSync(files.file(name), 'utf8')
const parquetRows = async (name: string) => [...rowsFromTable(await decodeParquet(readFileSync(files.file(name))))]

describe('formats', () => {
  test('any to any, by the endings of the names', async () => {
    expect(await convert('orders.csv', 'a.parquet')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/^2 rows, \d+ B\n$/),
    })
    expect(await parquetRows('a.parquet')).toEqual(ROWS)
    await convert('a.parquet', 'a.ndjson.gz')
    expect(gunzipSync(readFileSync(files.file('a.ndjson.gz'))).toString()).toBe(
      '{"id":9007199254740993,"zip":"02139","amount":1.5}\n{"id":2,"zip":"10115","amount":null}\n',
    )
    await convert('a.ndjson.gz', 'a.json')
    await convert('a.json', 'a.tsv')
    await convert('a.tsv', 'a.csv')
    expect(contents('a.tsv')).toBe(ORDERS.replaceAll(',', '\t'))
    expect(contents('a.csv')).toBe(ORDERS)
    expect(files.names()).toEqual(['a.csv', 'a.json', 'a.ndjson.gz', 'a.parquet', 'a.tsv', 'orders.csv'])
  })

  test('by flags, where names do not say', async () => {
    expect(await convert('orders.csv', 'out', '--to', 'ndjson', '--to-compression', 'gzip')).toMatchObject({ code: 0 })
    expect(gunzipSync(readFileSync(files.file('out'))).toString()).toContain('"zip":"02139"')
    expect(await convert('out', 'back.csv', '--from', 'ndjson', '--from-compression', 'auto')).toMatchObject({
      code: 0,
    })
    expect(contents('back.csv')).toBe(ORDERS)
  })

  test.each([
    [['in', 'out.csv'], "UNSUPPORTED_FORMAT: the input's name does not show its format; pass --from"],
    [['orders.csv', 'out'], "UNSUPPORTED_FORMAT: the output's name does not show its format; pass --to"],
    [['orders.csv', 'a.parquet', '--from', 'xls'], 'OPTION_INVALID: --from must be one of csv, tsv'],
    [['orders.csv', 'a.parquet', '--to-delimiter', ';'], 'OPTION_INVALID: --to-delimiter is only for csv'],
    [['orders.csv', 'a.parquet', '--columns', 'id'], 'OPTION_INVALID: --columns is only for parquet'],
    [
      ['orders.csv', 'a.ndjson', '--to-compression', 'snappy'],
      'OPTION_INVALID: --to-compression snappy is only for parquet',
    ],
    [['a.parquet', 'a.csv', '--skip-invalid-rows'], 'OPTION_INVALID: --skip-invalid-rows is only for csv and json'],
  ])('refuses %j', async ([from = '', to = '', ...flags], message) => {
    put('in', 'id\n1\n')
    const { code, stderr } = await convert(from, to, ...flags)
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
    expect(files.names()).toEqual(['in', 'orders.csv'])
  })

  test('stdin and stdout', async () => {
    const { code, stdout } = await spawnCli(['convert', '-', '-', '--from', 'csv', '--to', 'json'], {
      stdin: 'id\n1\n',
    })
    expect([code, stdout]).toEqual([0, '[\n{"id":1}\n]\n'])
    const bytes = await encodeParquet(tableFromRows([{ id: 1n }, { id: 2n }]))
    const other = await spawnCli(['convert', '-', '-', '--from', 'parquet', '--to', 'csv'], { stdin: bytes })
    expect(other).toEqual({ code: 0, stdout: 'id\n1\n2\n', stderr: '2 rows, 7 B\n' })
  })

  test('Parquet does not go to a terminal', async () => {
    const { code, stderr } = await runCli(['convert', files.file('orders.csv'), '-', '--to', 'parquet'], {
      terminal: true,
    })
    expect([code, stderr]).toEqual([2, 'OPTION_INVALID: Parquet is binary, and stdout is a terminal: redirect it\n'])
  })

  test('prints its outcome as JSON, on stderr where the file goes to stdout', async () => {
    const outcome = {
      rows: 2,
      bytesIn: ORDERS.length,
      from: 'csv',
      to: 'csv',
      refused: { count: 0, byCode: {}, rows: [] },
    }
    const { stdout, stderr } = await convert('orders.csv', 'b.csv', '--json')
    expect([JSON.parse(stdout), stderr]).toEqual([expect.objectContaining(outcome), ''])
    const other = await convert('orders.csv', '-', '--to', 'csv', '--json')
    expect([other.stdout, JSON.parse(other.stderr)]).toEqual([
      ORDERS,
      expect.objectContaining({ ...outcome, out: '-' }),
    ])
  })
})

describe('rows that cannot be read', () => {
  test('the first one is the error, and nothing is written', async () => {
    put('ragged.csv', 'a,b\n1,2\n3\n')
    const { code, stdout, stderr } = await convert('ragged.csv', 'out.parquet')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toBe('CSV_INVALID: the row has 1 field, the table has 2 columns (line 3, row 2)\n')
    const json = await convert('ragged.csv', 'out.parquet', '--json')
    expect(JSON.parse(json.stderr)).toEqual({
      code: 'CSV_INVALID',
      message: stderr.slice('CSV_INVALID: '.length, -1),
      position: { line: 3, row: 2 },
    })
    expect(files.names()).toEqual(['orders.csv', 'ragged.csv'])
  })

  test('with --skip-invalid-rows they are listed and left out, and the exit code is 1', async () => {
    put('ragged.csv', `a,b\n1,2\n${'3\n'.repeat(30)}`)
    const { code, stderr } = await convert('ragged.csv', 'out.csv', '--skip-invalid-rows', '--show-refused', '2')
    expect(code).toBe(1)
    expect(stderr.split('\n')).toEqual([
      'line 3, row 2: CSV_INVALID: the row has 1 field, the table has 2 columns',
      'line 4, row 3: CSV_INVALID: the row has 1 field, the table has 2 columns',
      '30 rows skipped',
      '1 row, 8 B',
      '',
    ])
    expect(contents('out.csv')).toBe('a,b\n1,2\n')
  })
})

describe('the output', () => {
  test('is not replaced without --force', async () => {
    put('out.csv', 'precious')
    const { code, stderr } = await convert('orders.csv', 'out.csv')
    expect([code, stderr]).toEqual([2, 'WRITE_CONFLICT: the output exists; pass --force to replace it\n'])
    expect(contents('out.csv')).toBe('precious')
    expect((await convert('orders.csv', 'out.csv', '--force')).code).toBe(0)
    expect(contents('out.csv')).toBe(ORDERS)
  })

  test('is not replaced either where it has come while the file was read', async () => {
    const io: Io = {
      stdin: stream([]),
      stdout: { write: () => {} },
      stderr: { write: () => {} },
      unfinished: new Set(),
    }
    const sink = await openOutput(files.file('out.csv'), false, io)
    put('out.csv', 'precious')
    await expect(sink(stream([Buffer.from('x')]))).rejects.toMatchObject({ code: 'WRITE_CONFLICT' })
    expect(contents('out.csv')).toBe('precious')
    removeUnfinished(io)
    expect(files.names()).toEqual(['orders.csv', 'out.csv'])
  })

  test('that is full is WRITE_FAILED with the reason', async ({ skip }) => {
    skip(!existsSync('/dev/full'), 'there is no /dev/full')
    const full = { code: 2, stderr: 'WRITE_FAILED: the output cannot be written: ENOSPC\n' }
    expect(await runCli(['convert', files.file('orders.csv'), '/dev/full', '--to', 'csv'])).toMatchObject(full)
    const args = `"${process.execPath}" "${MAIN}" inspect orders.csv > /dev/full`
    const { status, stderr } = spawnSync('sh', ['-c', args], { cwd: files.path, encoding: 'utf8' })
    expect({ code: status, stderr }).toEqual(full)
  })

  test('stays as it was where a forced run fails', async () => {
    put('out.csv', 'precious')
    put('broken.csv', 'a,b\n1,2\n3\n')
    expect((await convert('broken.csv', 'out.csv', '--force')).code).toBe(2)
    expect(contents('out.csv')).toBe('precious')
    expect(files.names()).toEqual(['broken.csv', 'orders.csv', 'out.csv'])
  })

  test('keeps its mode, and a link to it leads on to it', async () => {
    put('out.csv', 'old')
    chmodSync(files.file('out.csv'), 0o640)
    symlinkSync('out.csv', files.file('link.csv'))
    expect((await convert('orders.csv', 'link.csv')).code).toBe(2)
    expect((await convert('orders.csv', 'link.csv', '--force')).code).toBe(0)
    expect([contents('out.csv'), realpathSync(files.file('link.csv'))]).toEqual([ORDERS, files.file('out.csv')])
    expect(statSync(files.file('out.csv')).mode & 0o777).toBe(0o640)
  })

  test('is not written where a link leads nowhere, without --force', async () => {
    symlinkSync('nowhere.csv', files.file('dangling.csv'))
    expect((await convert('orders.csv', 'dangling.csv')).stderr).toMatch(/^WRITE_CONFLICT/)
    expect(existsSync(files.file('nowhere.csv'))).toBe(false)
  })

  test('that is a device is written as it is, and stays one', async () => {
    const { code } = await runCli(['convert', files.file('orders.csv'), '/dev/null', '--to', 'csv'])
    expect([code, statSync('/dev/null').isCharacterDevice()]).toEqual([0, true])
  })

  test('is not the input, whatever name or link it goes by', async () => {
    linkSync(files.file('orders.csv'), files.file('hard.csv'))
    symlinkSync('orders.csv', files.file('soft.csv'))
    for (const name of ['orders.csv', './orders.csv', 'hard.csv', 'soft.csv']) {
      const { code, stderr } = await convert('orders.csv', name, '--force')
      expect([code, stderr]).toEqual([2, 'OPTION_INVALID: input and output are the same file\n'])
    }
    for (const redirected of ['- orders.csv --force < orders.csv', 'orders.csv - >> orders.csv']) {
      const command = `"${process.execPath}" "${MAIN}" convert --from csv --to csv ${redirected}`
      const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: files.path, encoding: 'utf8' })
      expect([status, stderr]).toEqual([2, 'OPTION_INVALID: input and output are the same file\n'])
    }
    expect(contents('orders.csv')).toBe(ORDERS)
  })

  test.each([
    ['missing/out.csv', 'WRITE_FAILED: the output cannot be written: ENOENT'],
    ['orders.csv/out.csv', 'WRITE_FAILED: the output cannot be written: ENOTDIR'],
    ['folder.csv', 'WRITE_FAILED: the output is a directory'],
  ])('cannot be %s', async (name, message) => {
    mkdirSync(files.file('folder.csv'))
    const { code, stderr } = await convert('orders.csv', name, '--force')
    expect([code, stderr]).toEqual([2, `${message}\n`])
  })
})

describe('flags', () => {
  test('map to options of reading and of writing', async () => {
    put('report.txt', 'Sales\nday;total;paid;code\n31/12/2024;1.234,50;Y;n/a\n')
    const { code, stderr } = await convert(
      'report.txt',
      'report.csv',
      ...['--delimiter', ';', '--skip-lines', '1', '--decimal', ',', '--thousands', '.', '--null-values', 'n/a'],
      ...['--true-values', 'Y', '--false-values', 'N', '--formats', 'day=%d/%m/%Y', '--schema', 'paid=bool'],
      ...['--to-delimiter', '\\t', '--eol', 'crlf', '--to-null-values', 'NULL', '--to-no-header'],
    )
    expect([code, stderr]).toEqual([0, '1 row, 29 B\n'])
    expect(contents('report.csv')).toBe('2024-12-31\t1234.5\ttrue\tNULL\r\n')
  })

  test('of names and types take JSON too', async () => {
    put('pairs.csv', 'a=b,{c,__proto__\n1,2,3\n')
    const json = JSON.stringify({ '{c': 'string' })
    const flags = ['--schema', 'a=b=string', '--schema', json, '--schema', '__proto__=string', '--metadata', 'k=v=w']
    expect(await convert('pairs.csv', 'pairs.parquet', ...flags)).toMatchObject({ code: 0 })
    const table = await decodeParquet(readFileSync(files.file('pairs.parquet')))
    expect(table.schema.fields.map(({ name, type }) => [name, String(type)])).toEqual([
      ['a=b', 'Utf8'],
      ['{c', 'Utf8'],
      ['__proto__', 'Utf8'],
    ])
    expect(readFileSync(files.file('pairs.parquet')).includes('v=w')).toBe(true)
  })

  test('choose columns and row groups of Parquet', async () => {
    const table = tableFromRows(Array.from({ length: 6 }, (_, id) => ({ id, name: `n${id}` })))
    put('in.parquet', await encodeParquet(table, { rowGroupRows: 2 }))
    const { stdout } = await convert(
      'in.parquet',
      '-',
      '--to',
      'csv',
      '--columns',
      'name',
      '--row-groups',
      '2',
      '--row-groups',
      '0',
    )
    expect(stdout).toBe('name\nn4\nn5\nn0\nn1\n')
  })

  test('--header names columns, --rows leads to them', async () => {
    put('bare.csv', '1,2\n')
    expect((await convert('bare.csv', '-', '--to', 'csv', '--header', 'a', '--header', 'b')).stdout).toBe('a,b\n1,2\n')
    expect((await convert('bare.csv', '-', '--to', 'csv', '--no-header')).stdout).toBe('column_1,column_2\n1,2\n')
    put('trail.json', '{"v": 1, "Records": [{"id": 1}]}')
    expect((await convert('trail.json', '-', '--to', 'csv', '--rows', 'Records')).stdout).toBe('id\n1\n')
  })

  test('--infer-rows all reads a file twice, stdin too', async () => {
    const late = `code\n${'7\n'.repeat(12_000)}A-7\n`
    put('late.csv', late)
    expect((await convert('late.csv', 'late.parquet')).stderr).toMatch(/^TYPE_MISMATCH: .*line 12002/)
    expect((await convert('late.csv', 'late.parquet', '--infer-rows', 'all')).code).toBe(0)
    const { stdout } = await runCli(['convert', '-', '-', '--from', 'csv', '--to', 'csv', '--infer-rows', 'all'], {
      stdin: late,
    })
    expect(decodeCsv(Buffer.from(stdout)).numRows).toBe(12_001)
  })
})

describe('terminals', () => {
  const out = (...flags: readonly string[]) =>
    runCli(['convert', files.file('fine.csv'), ...flags, '--no-progress'], { terminal: true })

  test('take text, and Parquet goes to files and pipes', async () => {
    put('fine.csv', 'a,b\n2,3\n')
    expect((await out('-', '--to', 'csv')).stdout).toBe('a,b\n2,3\n')
    expect((await out(files.file('fine.parquet'), '--force')).code).toBe(0)
    expect((await out('-', '--to', 'parquet')).code).toBe(2)
    const piped = await runCli(['convert', files.file('fine.csv'), '-', '--to', 'parquet'])
    expect([piped.code, piped.stdout.slice(0, 4)]).toEqual([0, 'PAR1'])
  })
})

describe('a command line without its files', () => {
  test.each([
    [[], /^OPTION_INVALID: a command is required: inspect and convert; see --help\n$/],
    [['toString'], /^OPTION_INVALID: unknown command; there are inspect and convert\n$/],
    [['convert'], /^OPTION_INVALID: convert takes two files, IN and OUT; - is stdin or stdout\n$/],
    [['convert', 'a.csv'], /^OPTION_INVALID: convert takes two files/],
    [['convert', 'a.csv', 'b.csv', 'c.csv'], /^OPTION_INVALID: convert takes two files/],
    [['inspect'], /^OPTION_INVALID: inspect takes one file, or - for stdin\n$/],
    [['inspect', 'a.csv', 'b.csv'], /^OPTION_INVALID: inspect takes one file/],
  ])('%j', async (args, message) => {
    expect(await runCli(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
  })
})

test('the outcome as JSON has the bytes of stdin, and the rows that were skipped', async () => {
  const flags = ['--from', 'csv', '--to', 'csv', '--json', '--skip-invalid-rows', '--show-refused', '1']
  const { code, stdout, stderr } = await runCli(['convert', '-', '-', ...flags], { stdin: 'a,b\n1,2\n3\n4\n5,6\n' })
  expect([code, stdout]).toEqual([1, 'a,b\n1,2\n5,6\n'])
  expect(JSON.parse(stderr)).toEqual({
    in: '-',
    out: '-',
    from: 'csv',
    to: 'csv',
    rows: 2,
    bytesIn: 16,
    bytesOut: 12,
    refused: {
      count: 2,
      byCode: { CSV_INVALID: 2 },
      rows: [{ line: 3, row: 2, code: 'CSV_INVALID', reason: expect.stringContaining('1 field') }],
    },
  })
})
