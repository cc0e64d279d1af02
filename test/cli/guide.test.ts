import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { folder, MAIN } from './support.ts'

const PAGE = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')
const files = folder()
afterAll(files.remove)

/** The blocks of the page, with the words behind their fence. */
const blocks = Array.from(PAGE.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm), ([, info = '', text = '']) => ({ info, text }))
/** `$ command`, and the lines that it prints. */
const commands = blocks
  .filter(({ info }) => info === 'console')
  .flatMap(({ text }) =>
    Array.from(
      text.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm),
      ([, command = '', output = '']) => [command, output.trimEnd()] as const,
    ),
  )

beforeAll(() => {
  for (const { info, text } of blocks) {
    const [, name] = info.split(' ')
    if (name !== undefined) writeFileSync(files.file(name), text)
  }
  mkdirSync(files.file('bin'))
  writeFileSync(files.file('bin/npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${MAIN}" "$@"\n`)
  chmodSync(files.file('bin/npx'), 0o755)
})

test('the page has commands', () => {
  expect(commands.length).toBeGreaterThan(10)
})

test.each(commands)('$ %s', (command, output) => {
  const env = { ...process.env, PATH: [files.file('bin'), process.env['PATH']].join(delimiter) }
  const printed = execFileSync('sh', ['-c', `{ ${command}\n} 2>&1 || true`], { cwd: files.path, env, encoding: 'utf8' })
  const pattern = output
    .split('...')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  expect(printed.trimEnd()).toMatch(new RegExp(`^${pattern}$`))
})
