import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { manifest, ROOT, removeFolder, scratchFolder } from './support/packed.ts'
import { withChecks } from './support/snippet-checks.ts'
import { type CheckedSnippets, checkSnippets, type SnippetModule } from './support/snippet-types.ts'
import { allSnippets, exampleSnippets, markdownSnippets, type Snippet } from './support/snippets.ts'

interface Failure {
  /** Line of the module, from 0. */
  readonly line: number
  readonly message: string
}

const FIXTURES = fileURLToPath(new URL('./fixtures/', import.meta.url))
const snippets = allSnippets()
const folder = scratchFolder()
afterAll(() => removeFolder(folder))

const placed = (list: readonly Snippet[]) =>
  list.map((snippet) => [`${snippet.file}:${snippet.line}`, snippet] as const)

describe('snippets of the pages and examples of the docstrings', () => {
  let checked: CheckedSnippets
  let failures: ReadonlyMap<Snippet, readonly Failure[]>

  beforeAll(() => {
    checked = checkSnippets(snippets)
    failures = run(checked.modules.filter(({ snippet }) => snippet.noRun === undefined))
  }, 120_000)

  test('every value that a subpath exports has an example', () => {
    expect(checked.withoutExample).toEqual([])
  })

  test.each(placed(snippets))('%s compiles', (_, snippet) => {
    expect(checked.problems.get(snippet)?.join('\n')).toBe('')
  })

  test.each(placed(snippets.filter(({ noRun }) => noRun === undefined)))(
    '%s runs, and its values are as it says',
    (_, snippet) => {
      const told = failures
        .get(snippet)
        ?.map(({ line, message }) => `${snippet.file}:${snippet.line + line}: ${message}`)
      expect(told?.join('\n')).toBe('')
    },
  )

  test.each(placed(snippets.filter(({ noRun }) => noRun !== undefined)))(
    '%s says why it does not run',
    (_, { noRun }) => {
      expect(noRun).not.toBe('')
    },
  )
})

describe('the checks themselves', () => {
  const code = [
    'const sum = 1 + 1 // => 3',
    "'a' + 'b' // => 'ab'",
    'function* squares() { yield 1; yield 4 }',
    'squares() // => [',
    '//   1,',
    '//   5,',
    '// ]',
    'for (const n of [1, 2]) console.log(n) // => 1',
    "Promise.reject(new RangeError('no')) // => throws RangeError",
    'await Promise.resolve({ n: 1n }) // => { n: 1n }',
    "throw new Error('the end')",
  ].join('\n')

  test('tell the line of every value that is not as it says', () => {
    const snippet: Snippet = { file: 'page.md', line: 10, code, noRun: undefined, isExample: false }
    const found = run([{ snippet, text: code }]).get(snippet) ?? []
    expect(found.map(({ line, message }) => [line, message.split('\n')[0]])).toEqual([
      [0, 'expected 3'],
      [3, 'expected [ 1, 5 ]'],
      [7, 'expected 1'],
      [10, 'the end'],
    ])
  })

  test('find the blocks of a page and the examples of a source', () => {
    const page =
      '# A\n```ts\nconst a = 1\n```\ntext\n```ts continued\na // => 1\n```\n```ts no-run needs a bucket\nb()\n```\n```sh\nls\n```\n'
    expect(markdownSnippets('a.md', page)).toEqual([
      { file: 'a.md', line: 3, code: 'const a = 1\n\n\n\na // => 1\n', noRun: undefined, isExample: false },
      { file: 'a.md', line: 10, code: 'b()\n', noRun: 'needs a bucket', isExample: false },
    ])
    const source = '/**\n * Text.\n *\n * @example\n * one() // => 1\n */\nexport const one = () => 1\n'
    expect(exampleSnippets('a.ts', source)).toEqual([
      { file: 'a.ts', line: 5, code: 'one() // => 1\n', noRun: undefined, isExample: true },
    ])
  })
})

/**
 * Run modules in one child process, in a scratch project that has this project's packages, its build as `millrace` and the files of `fixtures`.
 */
function run(modules: readonly SnippetModule[]): ReadonlyMap<Snippet, readonly Failure[]> {
  const home = join(folder, String(modules.length))
  cpSync(FIXTURES, home, { recursive: true })
  mkdirSync(join(home, 'node_modules'))
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter((entry) => !entry.startsWith('.')))
    symlinkSync(join(ROOT, 'node_modules', name), join(home, 'node_modules', name), 'junction')
  symlinkSync(ROOT, join(home, 'node_modules', manifest.name), 'junction')
  const files = modules.map((_, index) => `snippet-${index}.ts`)
  for (const [index, { text }] of modules.entries()) writeFileSync(join(home, files[index] ?? ''), withChecks(text))
  writeFileSync(join(home, 'modules.json'), JSON.stringify(files))
  writeFileSync(join(home, 'package.json'), JSON.stringify({ type: 'module' }))
  const runner = fileURLToPath(new URL('./support/snippet-runner.mjs', import.meta.url))
  execFileSync(process.execPath, [runner], { cwd: home, stdio: 'pipe', timeout: 300_000 })
  const results = JSON.parse(readFileSync(join(home, 'results.json'), 'utf8')) as Record<string, readonly Failure[]>
  return new Map(modules.map(({ snippet }, index) => [snippet, results[files[index] ?? ''] ?? []]))
}
