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
  'apache-arrow',
]

/** Output of a suite besides its contests, such as the table of load times. */
export interface OtherText {
  readonly suite: string
  readonly text: string
}

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
  const page = `# Benchmarks

Each candidate runs in a process of its own, in turns, on the same file; figures are medians. The clock starts when a candidate's modules are
loaded and ends when its table or file is complete. Row counts and sums of the results are compared, so that none wins by being wrong.

- Machine: ${machine}
- Versions: ${versions}
- Command: \`${command}\`

![MB/s of each library, by task](benchmarks.svg)

${sections.join('\n')}
${others.map(({ suite, text }) => `## ${suite}\n\n\`\`\`text\n${text}\n\`\`\`\n`).join('\n')}`
  writeFileSync(new URL('../docs/benchmarks.md', import.meta.url), `${page.trimEnd()}\n`)
  writeFileSync(new URL('../docs/benchmarks.svg', import.meta.url), speedChart(outcomes))
}

function markdownTable([header = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

function versionOf(name: string): string {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version
}
