import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ended, folder, MAIN, spawnCli } from './support.ts'

const files = folder()
afterAll(files.remove)

/** A file that takes seconds to convert. */
beforeAll(async () => {
  const stream = createWriteStream(files.file('large.csv'))
  stream.write('id,text\n')
  const lines = Array.from({ length: 10_000 }, (_, id) => `${id},${'x'.repeat(90)}`).join('\n')
  for (let part = 0; part < 80; part++) if (!stream.write(`${lines}\n`)) await once(stream, 'drain')
  stream.end()
  await once(stream, 'finish')
})

describe('a process that is ended', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s leaves no half file, and ends by the signal',
    async (signal) => {
      const before = files.names()
      let seen: readonly string[] = []
      const { code, stdout, stderr } = await spawnCli(['convert', files.file('large.csv'), files.file('out.json')], {
        onStart: async (child) => {
          while (seen.length === 0 && child.exitCode === null) {
            await wait(20)
            seen = files.names().filter((name) => name.endsWith('.partial'))
          }
          child.kill(signal)
        },
      })
      expect([seen.length, code, stdout, stderr]).toEqual([1, signal, '', ''])
      expect(files.names()).toEqual(before)
    },
  )

  test('by a reader that leaves ends quietly, with 141', async () => {
    const args = [MAIN, 'convert', files.file('large.csv'), '-', '--to', 'json']
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.once('data', () => child.stdout.destroy())
    const errors: Buffer[] = []
    child.stderr.on('data', (chunk) => errors.push(chunk))
    expect(await ended(child)).toBe(141)
    expect(Buffer.concat(errors).toString()).toBe('')
  })

  test('while stdin is kept for a second reading leaves no temporary file', async () => {
    const temporary = folder()
    const args = [MAIN, 'inspect', '-', '--from', 'csv']
    const env = { ...process.env, TMPDIR: temporary.path }
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'ignore'], env })
    child.stdin.write('id\n')
    while (temporary.names().length === 0) await wait(20)
    child.kill('SIGTERM')
    expect(await ended(child)).toBe('SIGTERM')
    expect(temporary.names()).toEqual([])
    temporary.remove()
  })
})

describe('errors are one line, of exit code 2, without a stack', () => {
  test.each([
    [[], /^OPTION_INVALID: a command is required/],
    [['frobnicate'], /^OPTION_INVALID: unknown command/],
    [['inspect', 'nowhere.csv'], /^SOURCE_UNAVAILABLE: .*: ENOENT$/],
    [['inspect', '.', '--from', 'csv'], /^SOURCE_UNAVAILABLE: the input is a directory$/],
    [['inspect', 'empty.csv'], /^CSV_INVALID: /],
    [['inspect', 'empty.json'], /^JSON_INVALID: /],
    [['inspect', 'empty.parquet'], /^PARQUET_INVALID: /],
    [['inspect', 'zip.csv'], /^UNSUPPORTED_FORMAT: the file is zip/],
    [['convert', 'zip.csv', 'out.parquet'], /^UNSUPPORTED_FORMAT: the file is zip/],
    [['inspect', 'cut.parquet'], /^PARQUET_INVALID: /],
    [['inspect', 'cut.csv.gz'], /^ENCODING_INVALID: /],
    [['inspect', 'deep.json'], /^LIMIT_EXCEEDED: /],
    [['inspect', '-', '--from', 'csv'], /^CSV_INVALID: /],
  ])('millrace %j', async (args, message) => {
    for (const [name, data] of Object.entries({
      'empty.csv': '',
      'empty.json': '',
      'empty.parquet': '',
      'zip.csv': 'PK\u0003\u0004'.padEnd(100, 'x'),
      'cut.parquet': 'PAR1PAR1',
      'cut.csv.gz': '\u001f\u008b\u0008',
      'deep.json': `[{"a":${'['.repeat(100)}`,
    }))
      writeFileSync(files.file(name), Buffer.from(data, 'latin1'))
    const { code, stdout, stderr } = await spawnCli(args, { cwd: files.path })
    expect([code, stdout, stderr.split('\n').length]).toEqual([2, '', 2])
    expect(stderr.trimEnd()).toMatch(message)
  })
})
