import { mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { errorReport, printable } from '../../src/cli/error-text.ts'
import { MillraceError } from '../../src/errors.ts'
import { folder, runCli } from './support.ts'

const files = folder()
afterAll(files.remove)

const put = (name: string, data: Uint8Array | string): string => {
  writeFileSync(files.file(name), data)
  return files.file(name)
}
/** Control characters but line feeds, and marks of direction: what could move a cursor, or hide text. */
const DANGEROUS = /(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u

describe('names and values of others', () => {
  test('names of columns and files do not move the cursor of a terminal', async () => {
    const name = '\u001b[2J\u001b]0;title\u0007\u202ename\u009b31m'
    const file = put(`\u001b[31m.csv`, `"${name}\nsecond line",b\n1,2\n3\n`)
    const { stdout } = await runCli(['inspect', file])
    expect(stdout).not.toMatch(DANGEROUS)
    expect(stdout).toContain('\\u001b[2J')
    const { stderr } = await runCli(['inspect', file, '--schema', JSON.stringify({ [`${name}x\ny`]: 'int64' })])
    expect(stderr).toMatch(/^COLUMN_UNKNOWN: [^\n]*\n$/)
    expect(stderr).not.toMatch(DANGEROUS)
  })

  test('keys of JSON in the path of an error stay on its line', async () => {
    const file = put('path.json', '[{"a":{"x\\ny\\u001b[2J":1}},{"a":{"x\\ny\\u001b[2J":[1}}]')
    const { code, stderr } = await runCli(['convert', file, files.file('out.parquet')])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^[A-Z_]+: [^\n]*\n$/)
    expect(stderr).not.toMatch(DANGEROUS)
  })

  test('values are in no message', async () => {
    const secret = 'SECRET'
    const inputs: Readonly<Record<string, string>> = {
      'a.csv': `a,b\n"${secret},1\n`,
      'b.csv': `a,b\n${secret}\n`,
      'c.json': `[{"a":"${secret}}]`,
      'd.ndjson': `{"a":${secret}}\n`,
      'e.csv': `a\n1\n${secret}\n`,
      'f.parquet': `PAR1${secret}PAR1`,
    }
    for (const [name, text] of Object.entries(inputs)) {
      for (const flags of [[], ['--json']]) {
        const schema = /csv$/.test(name) ? ['--schema', 'a=int64'] : []
        const found = await runCli(['inspect', put(name, text), ...schema, ...flags])
        expect([found.code === 0, found.stdout + found.stderr]).toEqual([false, expect.not.stringContaining(secret)])
      }
    }
  })

  test('a column named __proto__ is one like any other', async () => {
    const { stdout, code } = await runCli(['inspect', put('proto.csv', '__proto__,b\n1,2\n'), '--json'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('"schema":{"__proto__":"int64","b":"int64"}')])
  })

  test('10,000 columns are listed, and more refused', async () => {
    const header = (count: number): string => Array.from({ length: count }, (_, index) => `c${index}`).join(',')
    const { code, stdout } = await runCli(['inspect', put('wide.csv', `${header(10_000)}\n`)])
    expect([code, stdout.match(/^ {9}c\d+ +string$/gm)?.length]).toEqual([0, 10_000])
    const more = put('wider.csv', `${header(10_001)}\n`)
    expect((await runCli(['inspect', more])).stderr).toMatch(/^LIMIT_EXCEEDED: /)
    expect((await runCli(['inspect', more, '--max-columns', '20000'])).code).toBe(0)
  })
})

describe('files that are none', () => {
  test.each([
    ['a folder', 'folder.csv', 'SOURCE_UNAVAILABLE: the input is a directory'],
    ['a file below a file', 'file.csv/x.csv', 'SOURCE_UNAVAILABLE: the input cannot be opened or read: ENOTDIR'],
    ['nothing', 'nothing.csv', 'SOURCE_UNAVAILABLE: the input cannot be opened or read: ENOENT'],
    ['a name that no file has', 'a\0b.csv', 'SOURCE_UNAVAILABLE: the input cannot be opened or read'],
  ])('%s', async (_, name, message) => {
    mkdirSync(files.file('folder.csv'), { recursive: true })
    put('file.csv', 'a\n1\n')
    const { code, stderr } = await runCli(['inspect', files.file(name)])
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})

describe('errors', () => {
  test('of this library have code, message, place and the reason of the system', () => {
    const cause = Object.assign(new Error('secret'), { code: 'ENOSPC' })
    const error = new MillraceError('WRITE_FAILED', 'no', { cause, position: { line: 7 }, path: ['a'] })
    expect(errorReport(error)).toEqual({
      code: 'WRITE_FAILED',
      message: 'no (line 7, at a): ENOSPC',
      position: { line: 7 },
      path: ['a'],
    })
  })

  test('of others have a name, since their messages may quote data', () => {
    expect(errorReport(new RangeError('secret'))).toEqual({
      code: 'UNEXPECTED',
      message: 'RangeError; please report it, with the command',
    })
    expect(JSON.stringify(errorReport('secret'))).not.toContain('secret')
    expect(printable('a\nb\u0085\u2028c')).toBe('a\\u000ab\\u0085\\u2028c')
  })
})
