import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { addAccepted, readAccepted, staleEntries } from '../../mutate/accepted.ts'
import { chooseMutants } from '../../mutate/choose-mutants.ts'
import { FOLDERS, folderOf } from '../../mutate/folders.ts'
import { instrument } from '../../mutate/instrument.ts'
import { scoresOf, withRow } from '../../mutate/laws-table.ts'
import { keyOf } from '../../mutate/mutant.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FIXTURE = `${ROOT}mutate/fixture`

function mutate(...args: readonly string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [`${ROOT}mutate/main.ts`, ...args, '--root', FIXTURE], (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), out: `${stdout}${stderr}` })
    })
  })
}

const CLAMP = `export function clamp(value, least, most) {
  if (value < least) return least
  return value
}
`
const mutantsOf = async (text: string) => (await instrument([{ file: 'src/clamp.ts', text }])).mutants

describe('npm run mutate', () => {
  test('a weak test lets a mutant live: its place and replacement are printed, and the run fails', async () => {
    const { code, out } = await mutate('clamp')
    expect(out.trim().split('\n')).toEqual([
      'survived src/clamp/half.ts:7 «list[at] ?? 0» -> «list[at] && 0»',
      expect.stringMatching(
        /^clamp: 93\.3% of 18 run of 18 mutants \(13 killed, 1 timeout, 1 static, 2 accepted, 1 survived/,
      ),
    ])
    expect(code).toBe(1)
  })

  test('--line runs one file or line alone; accepted mutants do not fail the run', async () => {
    const { code, out } = await mutate('clamp', '--line', 'clamp.ts:3')
    expect(out).toMatch(/^clamp: 100\.0% of \d+ run of 18 mutants .*1 accepted, 0 survived/)
    expect(code).toBe(0)
  })

  test('--static runs what happens while modules load, each mutant in a process of its own', async () => {
    const { out } = await mutate('clamp', '--line', 'half.ts:2', '--static')
    expect(out).toMatch(/^clamp: 100\.0% of 1 run of 18 mutants \(1 killed, 0 timeout, 0 static/)
  })

  test('--list prints mutants and runs none; a folder without sources is refused', async () => {
    const { out } = await mutate('clamp', '--list', '--line', 'half.ts:7')
    expect(out).toContain('src/clamp/half.ts:7 «at++» -> «at--»\n')
    expect(await mutate('nowhere')).toMatchObject({
      code: 1,
      out: expect.stringContaining('src/nowhere has no sources'),
    })
    expect(await mutate()).toMatchObject({ code: 1, out: expect.stringContaining('npm run mutate -- FOLDER') })
  })
})

describe('the accepted list', () => {
  test('outlives edits elsewhere in the file; a changed line makes its entry stale', async () => {
    const before = await mutantsOf(CLAMP)
    const entries = before.map(({ file, lineText: line, original, replacement }) => {
      return { file, line, original, replacement, kind: 'equivalent' as const, reason: 'of the test' }
    })
    const shifted = await mutantsOf(`// a line before\n${CLAMP}`)
    expect(shifted.map(keyOf)).toEqual(before.map(keyOf))
    expect(staleEntries(entries, shifted)).toEqual([])
    const stale = staleEntries(entries, await mutantsOf(CLAMP.replace('value < least', 'least > value')))
    expect(new Set(stale.map(({ line }) => line))).toEqual(new Set(['if (value < least) return least']))
  })

  test('takes no entry without a kind and a reason', () => {
    for (const why of ['', 'equivalent', 'equivalent:', 'boring: it is']) {
      expect(() => addAccepted(FIXTURE, 'clamp', [], why)).toThrow(/--accept takes/)
    }
    expect(readAccepted(FIXTURE, 'clamp')).toHaveLength(2)
  })
})

test('a sample depends on the seed alone, and holds as many as asked for', async () => {
  const mutants = await mutantsOf(CLAMP)
  const sample = (seed: number) => chooseMutants(mutants, { sample: 3, seed, line: undefined })
  expect(sample(1)).toHaveLength(3)
  expect(sample(1)).toEqual(sample(1))
  expect(new Set([1, 2, 3, 4, 5].map((seed) => JSON.stringify(sample(seed)))).size).toBeGreaterThan(1)
})

test('texts of messages are no mutants, codes are', async () => {
  const mutants = await mutantsOf(`const message = 'must be a number'\nconst code = 'OPTION_INVALID'\n`)
  expect(mutants.map(({ original }) => original)).toEqual([`'OPTION_INVALID'`])
})

test('the table keeps its other rows, in order, and stands between its markers', () => {
  const section = withRow(withRow('', 'flow', '| `flow` | 1 |'), 'cdc', '| `cdc` | 2 |')
  const again = withRow(section, 'flow', '| `flow` | 3 |')
  expect(again.split('\n').filter((line) => line.startsWith('| `'))).toEqual(['| `cdc` | 2 |', '| `flow` | 3 |'])
  expect(scoresOf(`# Laws\n\n${again}\n`)).toBe(again)
  expect(scoresOf('# Laws\n')).toBe('')
})

test('every source belongs to one folder of the list, and to no other', () => {
  const sourcesOf = (pattern: string) => globSync(pattern, { cwd: ROOT })
  const counted = FOLDERS.flatMap((folder) => sourcesOf(folderOf(folder).sources))
  // Names and types alone, in which nothing can be changed.
  const bare = ['src/index.ts', 'src/result.ts']
  expect([...counted, ...bare].sort()).toEqual(sourcesOf('src/**/*.ts').sort())
})
