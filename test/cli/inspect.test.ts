import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import type { Inspection } from '../../src/cli/inspection.ts'
import { encodeParquet, tableFromRows } from '../../src/codecs/index.ts'
import { folder, runCli, spawnCli } from './support.ts'

const files = folder()
afterAll(files.remove)

const put = (name: string, data: Uint8Array | string): string => {
  writeFileSync(files.file(name), data)
  return files.file(name)
}
const inspection = async (...args: readonly string[]): Promise<Inspection> => {
  const { stdout, stderr } = await runCli(['inspect', ...args, '--json'])
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}
const pins = async (...args: readonly string[]) =>
  (await inspection(...args)).pin.map(({ column, type, option, value }) => [column ?? option, type ?? value])

const ORDERS = 'id,zip,amount,note\n1,02139,1.5,\n2,10115,,\n3\n'

describe('inspect', () => {
  test('prints what is in a file, for a reader', async () => {
    put('orders.csv', ORDERS)
    const { code, stdout, stderr } = await spawnCli(['inspect', 'orders.csv'], { cwd: files.path })
    expect(stderr).toBe('')
    expect(code).toBe(1)
    const [found = '', lambda] = stdout.split(/\n(?=lambda)/)
    expect(found).toMatchInlineSnapshot(`
      "file     orders.csv, 44 B
      format   csv, utf-8
      rows     2
      refused  1 (CSV_INVALID 1)
               line 4, row 3: CSV_INVALID: the row has 1 field, the table has 4 columns
      columns  4
               id      int64
               zip     string
               amount  float64  1 null (50%)
               note    string   2 nulls (100%)
      pin      zip   schema: string  digits with a leading zero or sign, or beyond 64 bits: a file without them is int64
               note  schema: string  it has no value: the next file may have another type
      schema   {"id":"int64","zip":"string","amount":"float64","note":"string"}"
    `)
    expect(lambda).toMatch(/^lambda {3}about 0\.\d+ s and \$0\.0+\d+ at 1,769 MB \(arm64\), 251 MB at the peak/)
  })

  test('prints the same as JSON, for a script', async () => {
    const { lambda, ...found } = await inspection(put('orders.csv', ORDERS))
    expect(found).toEqual({
      file: files.file('orders.csv'),
      bytes: 44,
      format: 'csv',
      compression: 'none',
      encoding: 'utf-8',
      rows: 2,
      columns: [
        { name: 'id', type: 'int64', nulls: 0 },
        { name: 'zip', type: 'string', nulls: 0 },
        { name: 'amount', type: 'float64', nulls: 1 },
        { name: 'note', type: 'string', nulls: 2 },
      ],
      refused: {
        count: 1,
        byCode: { CSV_INVALID: 1 },
        rows: [{ line: 4, row: 3, code: 'CSV_INVALID', reason: expect.stringContaining('1 field') }],
      },
      pin: [
        { column: 'zip', type: 'string', why: expect.any(String) },
        { column: 'note', type: 'string', why: expect.any(String) },
      ],
      schema: { id: 'int64', zip: 'string', amount: 'float64', note: 'string' },
    })
    expect(lambda).toMatchObject({ memoryMb: 1769, peakMb: 251, architecture: 'arm64', engine: 'lambda' })
    expect(lambda.usd).toBeGreaterThan(0)
  })

  test('exits with 0 where nothing is refused', async () => {
    expect((await runCli(['inspect', put('fine.csv', 'id\n1\n')])).code).toBe(0)
  })

  test('finds the types that hold for all rows, and says to pin those that the first 10,000 miss', async () => {
    const rows = Array.from({ length: 12_000 }, (_, row) => `${row},${row}`)
    const file = put('late.csv', `code,n\n${rows.join('\n')}\nA-7,1\n`)
    const { columns, refused, pin } = await inspection(file)
    expect(columns.map(({ type }) => type)).toEqual(['string', 'int64'])
    expect(refused.count).toBe(0)
    expect(pin).toEqual([{ column: 'code', type: 'string', why: expect.stringContaining('int64') }])
    const keys = `${'{"a":1}\n'.repeat(10_001)}{"b":true}\n`
    expect(await pins(put('late.ndjson', keys))).toEqual([['b', 'bool']])
  })

  test('counts rows of the types that were asked for, where the user pins or limits the inference', async () => {
    const file = put('codes.csv', 'code\n7\nA-7\n')
    expect((await inspection(file, '--schema', 'code=int64')).refused.byCode).toEqual({ TYPE_MISMATCH: 1 })
    expect((await inspection(file, '--infer-rows', '1')).refused.byCode).toEqual({ TYPE_MISMATCH: 1 })
  })

  test('shows by the bytes what the name does not say: compression, encoding, delimiter', async () => {
    const wrapped = put('wrapped.csv', gzipSync('id\n1\n'))
    expect(await inspection(wrapped)).toMatchObject({ compression: 'gzip', rows: 1 })
    expect(await pins(wrapped)).toEqual([['compression', 'gzip']])
    expect(await pins(put('plain.csv.gz', 'id\n1\n'))).toEqual([['compression', 'none']])
    const wide = put('wide.csv', Buffer.from('\ufeffid,name\n1,Zoë\n', 'utf16le'))
    expect(await inspection(wide)).toMatchObject({ encoding: 'utf-16le', rows: 1 })
    expect(await pins(wide)).toEqual([['encoding', 'utf-16le']])
    expect(await pins(put('semicolons.csv', 'id;name\n1;Ada\n'))).toEqual([['delimiter', ';']])
    expect(await pins(put('latin.csv', Buffer.from('name,n\nJürgen,1\nAda,2\n', 'latin1')))).toEqual([
      ['encoding', undefined],
    ])
    for (const [file, ...flags] of [
      [wrapped, '--from-compression', 'gzip'],
      [wide, '--encoding', 'utf-16le'],
      [files.file('semicolons.csv'), '--delimiter', ';'],
    ] as const) {
      expect(await pins(file, ...flags)).toEqual([])
    }
  })

  test.each([
    ['00123\n00456', ['a', 'string']],
    ['123456789012345678901234', ['a', 'string']],
    ['"1,5"\n"1.234,50"', ['a', ',']],
    ['"1,000.5"\n12', ['a', ',']],
    ['31/12/2024', ['a', undefined]],
    ['31.12.2024', ['a', '%d.%m.%Y']],
    ['yes\nno', ['a', 'bool']],
    ['12\nNULL\n7.5', ['a', 'NULL']],
    ['\\N\n', ['a', '\\N']],
  ])('says what a column of text may be: %j', async (text, pin) => {
    const found = await pins(
      put(
        'text.csv',
        `a,b\n${text
          .split('\n')
          .map((cell) => `${cell},x`)
          .join('\n')}\n`,
      ),
    )
    expect(found).toEqual(text.startsWith('\\N') ? [] : [pin])
  })

  test('says which columns of JSON hold values of several kinds: as string they would be refused', async () => {
    const file = put('kinds.ndjson', '{"v":1,"zip":"02139","big":1e400}\n{"v":"1","zip":"10115"}\n')
    expect((await inspection(file)).columns.map(({ type }) => type)).toEqual(['json', 'string', 'json'])
    expect(await pins(file)).toEqual([
      ['v', 'json'],
      ['big', 'json'],
    ])
    expect(await pins(file, '--schema', 'v=json', '--schema', 'big=json')).toEqual([])
  })

  test('reads Parquet, whose types need no pins', async () => {
    const bytes = await encodeParquet(tableFromRows([{ id: 1n, tags: ['a'], at: new Date(0) }, { id: 2n }]))
    const { columns, schema, pin, encoding, format } = await inspection(put('rows.parquet', bytes))
    expect({ schema, pin, encoding, format }).toEqual({ schema: null, pin: [], encoding: null, format: 'parquet' })
    expect(columns).toEqual([
      { name: 'id', type: 'int64', nulls: 0 },
      { name: 'tags', type: 'List<Utf8>', nulls: 1 },
      { name: 'at', type: 'timestamp', nulls: 1 },
    ])
  })

  test('lists as many refused rows as it is told, and counts the others', async () => {
    const file = put('ragged.csv', `a,b\n${'1\n'.repeat(50)}1,2\n`)
    const { stdout } = await runCli(['inspect', file])
    expect(stdout).toContain('refused  50 (CSV_INVALID 50)\n')
    expect(stdout.match(/line \d+, row/g)).toHaveLength(20)
    expect(stdout).toContain('and 30 others')
    expect((await inspection(file, '--show-refused', '3')).refused).toMatchObject({ count: 50, rows: { length: 3 } })
    expect((await runCli(['inspect', file, '--show-refused', '0'])).stdout).toContain('and 50 others')
  })

  test('estimates for the memory and architecture that are asked for', async () => {
    const file = put('orders.csv', ORDERS)
    const small = await inspection(file, '--memory-mb', '512', '--architecture', 'x86_64')
    expect(small.lambda).toMatchObject({ memoryMb: 512, architecture: 'x86_64' })
    const { code, stderr } = await runCli(['inspect', file, '--memory-mb', '64'])
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^OPTION_INVALID: .*memoryMb.*\n$/)])
  })

  test('reads stdin, whatever the format, and leaves no temporary file', async () => {
    const bytes = await encodeParquet(tableFromRows([{ id: 1n }]))
    for (const [format, data] of [
      ['parquet', bytes],
      ['csv', 'id\n1\n'],
      ['json', '[{"id":1}]'],
    ] as const) {
      const temporary = folder()
      const env = { TMPDIR: temporary.path }
      const { stdout, code } = await spawnCli(['inspect', '-', '--from', format, '--json'], { stdin: data, env })
      expect([code, JSON.parse(stdout).rows, JSON.parse(stdout).file]).toEqual([0, 1, '-'])
      expect(temporary.names()).toEqual([])
      temporary.remove()
    }
  })
})

test('the memory of a function is checked before the file is opened', async () => {
  const { stderr } = await runCli(['inspect', files.file('nowhere.csv'), '--memory-mb', '64'])
  expect(stderr).toMatch(/^OPTION_INVALID: .*memoryMb/)
})

test('rejected rows alone make the exit code 1', async () => {
  writeFileSync(files.file('ragged.csv'), 'a,b\n1\n2,3\n')
  writeFileSync(files.file('fine.csv'), 'a,b\n2,3\n')
  expect((await runCli(['inspect', files.file('ragged.csv')])).code).toBe(1)
  expect((await runCli(['inspect', files.file('fine.csv')])).code).toBe(0)
})
