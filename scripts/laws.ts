// `npm run docs:laws` makes docs/laws.md from the names of the laws; with `--check` it fails where that file is stale.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { scoresOf } from '../mutate/laws-table.ts'

interface ListedTest {
  readonly name: string
  readonly file: string
}

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const PAGE = join(ROOT, 'docs/laws.md')
const HEAD = `# Laws

What this library promises: properties that hold for all inputs. \`npm test\` checks each one on generated inputs
([fast-check](https://fast-check.dev)); a failure prints the seed that replays it. This page is generated from the names of
the tests by \`npm run docs:laws\`.
`

/** Every test of the files of laws, without running any. */
function listLaws(): readonly ListedTest[] {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-laws-'))
  try {
    const out = join(folder, 'tests.json')
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
    execFileSync(process.execPath, [vitest, 'list', '.laws.test.ts', `--json=${out}`, '--typecheck.enabled=false'], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    return JSON.parse(readFileSync(out, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The page: a heading for each folder, one for each file, a line for each law. */
function pageText(laws: readonly ListedTest[]): string {
  const lawsOf = new Map<string, string[]>()
  for (const { name, file } of laws) {
    const path = relative(ROOT, file).replaceAll('\\', '/')
    lawsOf.set(path, [...(lawsOf.get(path) ?? []), `- ${lawName(name)}`])
  }
  let page = HEAD
  let folder = ''
  const sections = [...lawsOf].map(([file, lines]) => ({ file, lines, own: folderOf(file) }))
  for (const { file, lines, own } of sections.sort((left, right) => (orderOf(left) < orderOf(right) ? -1 : 1))) {
    if (own !== folder) page += `\n## ${own}\n`
    folder = own
    page += `\n### [${basename(file, '.laws.test.ts')}](../${file})\n\n${lines.join('\n')}\n`
  }
  return page
}

/** `dataset/merge` of `test/dataset/merge/plan.laws.test.ts`. */
function folderOf(file: string): string {
  return file.split('/').slice(1, -1).join('/')
}

/** Files of one folder follow each other, folders inside it come after them. */
function orderOf({ file, own }: { readonly file: string; readonly own: string }): string {
  return `${own}\n${file}`
}

/** `int64 > int64: writing is String(BigInt)` says its subject once. */
function lawName(fullName: string): string {
  const [own = '', ...subjects] = fullName.split(' > ').reverse()
  const others = subjects
    .map((subject) => subject.replace(/: laws$/, ''))
    .filter((subject) => !own.startsWith(`${subject}:`))
  return [own, ...new Set(others)].reverse().join(': ')
}

/** The scores of `npm run mutate:all` stand at the end and stay as they are. */
const scores = scoresOf(readFileSync(PAGE, 'utf8'))
const text = `${pageText(listLaws())}${scores === '' ? '' : `\n${scores}\n`}`
if (!process.argv.includes('--check')) {
  writeFileSync(PAGE, text)
} else if (readFileSync(PAGE, 'utf8') !== text) {
  console.error('docs/laws.md is stale: run `npm run docs:laws`')
  process.exitCode = 1
}
