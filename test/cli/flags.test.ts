import { writeFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { codecOptions } from '../../src/cli/codec-options.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import { type Flag, type FlagKind, type Flags, takesValue } from '../../src/cli/flag.ts'
import { parseCommand } from '../../src/cli/parse-command.ts'
import { READ_FLAGS } from '../../src/cli/read-flags.ts'
import { WRITE_FLAGS } from '../../src/cli/write-flags.ts'
import { codecFor } from '../../src/codecs/index.ts'
import { folder, runCli } from './support.ts'

/** A text for each kind of flag, and the value that it is. */
const SAMPLES: Readonly<Record<FlagKind, readonly [texts: readonly string[], value: unknown]>> = {
  on: [[], true],
  off: [[], false],
  text: [['~'], '~'],
  mark: [['\\t'], '\t'],
  texts: [
    ['a', 'b'],
    ['a', 'b'],
  ],
  number: [['12'], 12],
  numbers: [
    ['0', '3'],
    [0, 3],
  ],
  rows: [['all'], Number.POSITIVE_INFINITY],
  'line-break': [['crlf'], '\r\n'],
  types: [['a=b=int64', '{"c":"string"}'], { 'a=b': 'int64', c: 'string' }],
  pairs: [['day=%Y=%m'], { day: '%Y=%m' }],
}

/** The names of flags that are no option's name in lower case with dashes. */
const RENAMED = ['from', 'from-compression', 'to', 'no-quote', 'no-header']

function sampleOf({ kind, choices }: Flag): readonly [readonly string[], unknown] {
  const [choice] = choices ?? []
  return choice === undefined || kind === 'line-break' ? SAMPLES[kind] : [[choice], choice]
}

const cases = (flags: Flags) => Object.entries(flags).map(([name, flag]) => [name, flag] as const)

describe.each([
  ['read', READ_FLAGS],
  ['write', WRITE_FLAGS],
] as const)('flags to %s', (_, flags: Flags) => {
  test.each(cases(flags))('--%s sets its option, which the codec knows', (name, flag) => {
    const [texts, value] = sampleOf(flag)
    const args = takesValue(flag) ? texts.flatMap((text) => [`--${name}`, text]) : [`--${name}`]
    const options = codecOptions(parseCommand(args, flags), flags)
    const limits: unknown = options.limits
    expect(limits === undefined ? Object.entries(options) : Object.values(Object(limits))).toEqual(
      limits === undefined ? [[flag.option, value]] : [value],
    )
    const [format = 'csv'] = flag.formats ?? []
    const { formats: _formats, ...others } = options
    expect(codecFor('', { format, ...others }).name).toBe(options.format ?? format)
  })

  test.each(cases(flags))('--%s is the name of its option, or one of the few that are not', (name, { option }) => {
    const dashed = option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    expect(
      [dashed, `to-${dashed}`, ...RENAMED, ...RENAMED.map((each) => `to-${each}`)].includes(name) ||
        option === 'limits',
    ).toBe(true)
  })
})

describe('a command line that makes no sense', () => {
  const files = folder()
  const file = files.file('a.csv')
  writeFileSync(file, 'a\n1\n')
  afterAll(files.remove)

  test.each([
    [['--delimeter', ';'], 'there is no flag "--delimeter"; did you mean --delimiter?'],
    [['--frobnicate'], 'there is no flag "--frobnicate"; see --help'],
    [['-x'], 'there is no flag "-x"'],
    [['--__proto__=1'], 'there is no flag "--__proto__"'],
    [['--delimiter'], '--delimiter needs a value'],
    [['--delimiter', '--trim'], '--delimiter needs a value; write --delimiter=-...'],
    [['--trim=yes'], '--trim takes no value'],
    [['--delimiter', ';', '--delimiter', ','], '--delimiter is repeated'],
    [['--no-header', '--header', 'a'], '--header contradicts another flag, which sets header too'],
    [['--skip-lines', 'x'], '--skip-lines must be a number'],
    [['--skip-lines', '1e3'], '--skip-lines must be a number'],
    [['--short-rows', 'pad'], '--short-rows must be one of error, null'],
    [['--schema', 'int64'], '--schema must be NAME=VALUE, or a JSON object'],
    [['--schema', '=int64'], '--schema must be NAME=VALUE, or a JSON object'],
    [['--schema', '{"a":1}'], '--schema begins with { but is not a JSON object of strings'],
    [['--schema', '{secret'], '--schema begins with { but is not a JSON object of strings'],
    [['--schema', 'a=int64', '--schema', '{"a":"string"}'], '--schema has a name twice'],
    [['--schema', 'a=integer'], 'unknown column type "integer"'],
    [['other.csv'], 'inspect takes one file'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await runCli(['inspect', file, ...args])
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(`OPTION_INVALID: ${message}`)])
    expect(stderr.split('\n')).toHaveLength(2)
  })

  test('a dash in a value follows an equals sign; after -- there are only files', () => {
    const { given, positionals } = parseCommand(['--delimiter=-', '--null-values=--', '--', '--trim'], READ_FLAGS)
    expect([...given]).toEqual([
      ['delimiter', ['-']],
      ['null-values', ['--']],
    ])
    expect(positionals).toEqual(['--trim'])
  })
})

describe('help', () => {
  test.each(Object.keys(COMMANDS))('of %s has each of its flags, on a line of its own', async (command) => {
    const { code, stdout } = await runCli([command, '--help'])
    expect(code).toBe(0)
    const names = Object.values(COMMANDS[command]?.flags ?? {}).flatMap(Object.keys)
    expect(names.filter((name) => !new RegExp(`^ {2}--${name}\\b`, 'm').test(stdout))).toEqual([])
    expect(new Set(names).size).toBe(names.length)
  })

  test('of all commands, by --help and by -h; --version is that of the package', async () => {
    const { stdout } = await runCli(['--help'])
    expect(stdout).toContain('millrace inspect FILE')
    expect(stdout).toContain('millrace convert IN OUT')
    expect((await runCli(['-h'])).stdout).toBe(stdout)
    expect((await runCli(['inspect', '-h'])).stdout).toContain('--delimiter TEXT')
    expect((await runCli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('values of flags', () => {
  const options = (...args: readonly string[]) => codecOptions(parseCommand(args, READ_FLAGS), READ_FLAGS)

  test('a dash alone needs no equals sign', () => {
    expect(options('--delimiter', '-')).toEqual({ delimiter: '-' })
    expect(options('--skip-lines', '1.5')).toEqual({ skipLines: 1.5 })
    expect(options('--schema', 'a=b=int64', '--schema', '{"__proto__":"string"}')).toEqual({
      schema: Object.fromEntries([
        ['a=b', 'int64'],
        ['__proto__', 'string'],
      ]),
    })
  })

  test.each([
    ['{"a":"int64","b":1}', 'begins with { but is not a JSON object of strings'],
    ['{"a":1,"b":"int64"}', 'begins with { but is not a JSON object of strings'],
    ['a', 'must be NAME=VALUE'],
    ['=int64', 'must be NAME=VALUE'],
  ])('--schema %s', (text, message) => {
    expect(() => options('--schema', text)).toThrow(message)
  })

  test.each(['1234567890123456', '1.', '.5', '1.1234567890123456', '-1', '0x1', ' 1', '1 '])(
    '%j is no number',
    (text) => {
      expect(() => options(`--skip-lines=${text}`)).toThrow('--skip-lines must be a number')
    },
  )
})
