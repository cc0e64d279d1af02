import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { speedChart } from './chart.ts'
import type { Outcome } from './measure.ts'
import { outcomeTable } from './report.ts'
import { megabytes } from './table.ts'

const PACKAGES = [
  'csv-parse',
  'papaparse',
  'udsv',
  'hyparquet',
  'hyparquet-writer',
  'parquet-wasm',
  '@duckdb/node-api',
  'nodejs-polars',
  'apache-arrow',
]

/** Output of a suite besides its contests, such as the table of load times. */
export interface OtherText {
  readonly suite: string
  readonly about?: string
  readonly text: string
}

const PAGE = new URL('../docs/benchmarks.md', import.meta.url)

/** Write docs/benchmarks.md and the chart beside it from the figures of one run. */
export function writePage(
  machine: string,
  command: string,
  outcomes: readonly Outcome[],
  others: readonly OtherText[],
): void {
  const versions = PACKAGES.map((name) => `${name} ${versionOf(name)}`).join(', ')
  const sections = outcomes.map((outcome) => {
    const problems = outcome.absences.map(({ name, problem }) => `\n${name}: not measured, ${problem}.\n`).join('')
    return `## ${outcome.contest}\n\n${basename(outcome.file)}, ${megabytes(outcome.bytes)}.\n\n${markdownTable(outcomeTable(outcome))}\n${problems}`
  })
  const names = new Set([...outcomes.map(({ contest }) => contest), ...others.map(({ suite }) => suite)])
  const kept = sectionsOfPage().filter(({ name }) => !names.has(name))
  const page = `# Benchmarks

Speed and memory of millrace next to named peers. Each candidate runs in its own process, by turns, on the same file;
figures are medians. The clock starts when a candidate's modules are loaded and stops when its table or file is complete.
Row counts and sums of the results are compared, so that no candidate wins by being wrong.

- Machine: ${machine}
- Versions: ${versions}
- Command: \`${command}\`

![MB/s of each library, by task](benchmarks.svg)

${sections.join('\n')}
${[...others.map((other) => sectionOf(other)), ...kept.map(({ text }) => text)].join('\n')}`
  writeFileSync(PAGE, `${page.trimEnd()}\n`)
  writeFileSync(new URL('../docs/benchmarks.svg', import.meta.url), speedChart(outcomes))
}

/** Replace the sections of some suites in docs/benchmarks.md, or add them at its end, each with the command and the machine of its run. */
export function writeSections(machine: string, command: string, others: readonly OtherText[]): void {
  let page = readFileSync(PAGE, 'utf8')
  for (const { about = '', ...other } of others) {
    const [before = '', after] = page.split(`## ${other.suite}\n`)
    const section = sectionOf({ ...other, about: `${about}\nCommand: \`${command}\`, on ${machine}.`.trimStart() })
    const rest = after === undefined ? '' : after.slice(`${after}\n## `.indexOf('\n## '))
    page = `${before.trimEnd()}\n\n${section.trimEnd()}\n${rest}`
  }
  writeFileSync(PAGE, `${page.trimEnd()}\n`)
}

/** The sections of the page as it is; those of suites that were not run are kept. */
function sectionsOfPage(): readonly { readonly name: string; readonly text: string }[] {
  const [, ...parts] = readFileSync(PAGE, 'utf8').split(/^## /m)
  return parts.map((part) => ({ name: part.slice(0, part.indexOf('\n')), text: `## ${part.trimEnd()}\n` }))
}

function sectionOf({ suite, about, text }: OtherText): string {
  return `## ${suite}\n\n${about === undefined ? '' : `${about}\n\n`}\`\`\`text\n${text}\n\`\`\`\n`
}

function markdownTable([header = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

function versionOf(name: string): string {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version
}
