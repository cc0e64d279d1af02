import { expect, test } from 'vitest'
import type { Command } from '../../src/cli/commands.ts'
import { commandHelp, generalHelp } from '../../src/cli/help.ts'
import { runCli } from './support.ts'

const COMMAND: Command = {
  usage: 'do FILE',
  summary: 'does it',
  flags: {
    Some: {
      on: { option: 'on', kind: 'on', help: 'turns it on' },
      off: { option: 'off', kind: 'off', formats: ['csv', 'json'], help: 'turns it off' },
      text: { option: 'text', kind: 'text', help: 'any text' },
      mark: { option: 'mark', kind: 'mark', help: 'a mark' },
      one: { option: 'one', kind: 'text', choices: ['a', 'b'], help: 'one of them' },
    },
    Others: {
      n: { option: 'n', kind: 'number', help: 'a number' },
      ns: { option: 'ns', kind: 'numbers', help: 'numbers' },
      texts: { option: 'texts', kind: 'texts', help: 'texts' },
      rows: { option: 'rows', kind: 'rows', help: 'rows' },
      types: { option: 'types', kind: 'types', formats: ['csv'], help: 'types' },
      pairs: { option: 'pairs', kind: 'pairs', help: 'pairs' },
      eol: { option: 'eol', kind: 'line-break', choices: ['lf', 'crlf'], help: 'line break' },
    },
  },
  run: async () => 0,
}

test('the help of a command lists its flags by group, with their formats', () => {
  const [head = '', some, others, foot] = commandHelp(COMMAND).split(/\n\n(?=Some|Others|Formats)/)
  expect(head).toBe('millrace do FILE [flags]\n\ndoes it')
  expect(some).toBe(`Some:
  --on                    turns it on
  --off        csv, json  turns it off
  --text TEXT             any text
  --mark TEXT             a mark
  --one a|b               one of them`)
  expect(others).toBe(`Others:
  --n N                   a number
  --ns N                  numbers; may be repeated
  --texts TEXT            texts; may be repeated
  --rows N|all            rows
  --types NAME=TYPE  csv  types; may be repeated
  --pairs NAME=TEXT       pairs; may be repeated
  --eol lf|crlf           line break`)
  expect(foot).toMatch(/^Formats by name: .*\nExit codes: [\s\S]*\n$/)
})

test('the general help lists the commands', () => {
  const text = generalHelp({ do: COMMAND, other: { ...COMMAND, usage: 'other', summary: 'other' } })
  expect(text).toMatch(
    /^millrace COMMAND \[flags\]\n\n {2}millrace do FILE {2}does it\n {2}millrace other {4}other\n\nmillrace COMMAND --help /,
  )
})

test('--help is repeated without harm, and is found by a name close to it', async () => {
  const { stdout } = await runCli(['inspect', '--help'])
  expect(await runCli(['inspect', '--help', '--help', '-h'])).toMatchObject({ code: 0, stdout })
  expect((await runCli(['inspect', '--hlep'])).stderr).toContain('did you mean --help?')
  expect((await runCli(['inspect', '--help=yes'])).stderr).toContain('--help takes no value')
})
