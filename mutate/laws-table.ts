import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FolderRun } from './mutate-folder.ts'

const PAGE = 'docs/laws.md'
const BEGIN = '<!-- mutation scores: npm run mutate:all -->'
const END = '<!-- end of mutation scores -->'
const HEAD = `${BEGIN}

## What the tests notice

Each folder's code is changed in one place at a time, by [Stryker's instrumenter](https://stryker-mutator.io), and the folder's tests run on each change.
The score is the share of changes that a test notices, without those of [\`mutate/accepted\`](../mutate/accepted), which change no behaviour.
[CONTRIBUTING](../CONTRIBUTING.md#what-the-tests-notice) says how to run it.

| folder of \`src\` | mutants | run | noticed | accepted | score |
| --- | --- | --- | --- | --- | --- |
`

/** The section of the page that holds the scores, with its markers; empty where the page has none. */
export function scoresOf(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  return begin < 0 || end < begin ? '' : page.slice(begin, end + END.length)
}

/** The section with the row of one folder added or replaced, folders in order. */
export function withRow(section: string, folder: string, row: string): string {
  const old = section.split('\n').filter((line) => line.startsWith('| `'))
  const others = old.filter((line) => !line.startsWith(`| \`${folder}\` `))
  return `${HEAD}${[...others, row].sort().join('\n')}\n\n${END}`
}

/** Write what a run found out about a folder to the page of laws. */
export function writeTable(
  { folder, total, result: { count, outcomes, score } }: FolderRun,
  root = process.cwd(),
): void {
  const file = join(root, PAGE)
  const page = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const noticed = count.killed + count.timeout
  const cells = [`\`${folder.name}\``, total, outcomes.size, noticed, count.accepted, `${score.toFixed(1)}%`]
  const section = scoresOf(page)
  const next = withRow(section, folder.name, `| ${cells.join(' | ')} |`)
  writeFileSync(file, section === '' ? `${page.trimEnd()}\n\n${next}\n` : page.replace(section, () => next))
}
