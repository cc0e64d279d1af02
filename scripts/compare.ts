// `npm run docs:compare` writes the measured table of docs/compare.md from docs/benchmarks.md; test/package/compare.test.ts fails where it is stale.
import { readFileSync, writeFileSync } from 'node:fs'

const BENCHMARKS = new URL('../docs/benchmarks.md', import.meta.url)
const PAGE = new URL('../docs/compare.md', import.meta.url)
const TABLE = /\| Task \| Compared with [^\n]*\n(\|[^\n]*\n)+/

/** Rows of the table: a section of the benchmarks, and the candidates of it that are shown. */
const SHOWN: readonly (readonly [section: string, candidates: readonly string[]])[] = [
  ['whole job', ['csv-parse + Set + hyparquet-writer', 'DuckDB, one thread']],
  ['CSV to table', ['csv-parse, objects', 'DuckDB, one thread']],
  ['Parquet to table', ['hyparquet, columns', 'DuckDB, one thread']],
  ['table to Parquet', ['hyparquet-writer', 'DuckDB, one thread']],
  ['drop duplicates', ['DuckDB, one thread']],
  ['events', ['Powertools, Kinesis envelope']],
  ['flow', ['Powertools, unbounded', 'Powertools, out of order']],
  ['dataset', ['DuckDB PARTITION_BY, one thread']],
]

/** The table of docs/compare.md: time and memory of each candidate as multiples of those of millrace. */
export function compareTable(): string {
  const sections = sectionsOf(readFileSync(BENCHMARKS, 'utf8'))
  const rows = SHOWN.flatMap(([section, candidates]) =>
    candidates.map((candidate) => {
      const tables = (sections.get(section) ?? '').split('\n\n')
      const table = tables.find((each) => lineOf(candidate, each) !== undefined) ?? ''
      const { time, memory } = figuresOf(candidate, table, section)
      const ours = figuresOf('millrace', table, section)
      const link = `[${section}](benchmarks.md#${section.toLowerCase().replaceAll(' ', '-')})`
      return `| ${link} | ${candidate} | ${time.toFixed(2)}x | ${(memory / ours.memory).toFixed(2)}x |`
    }),
  )
  return ['| Task | Compared with | Time / ours | Peak memory / ours |', '| --- | --- | ---: | ---: |', ...rows].join(
    '\n',
  )
}

function sectionsOf(page: string): ReadonlyMap<string, string> {
  const parts = page.split(/^## /m).slice(1)
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), part]))
}

/** The figures in the line of a candidate, in a table of Markdown or of plain text. */
function figuresOf(
  candidate: string,
  text: string,
  section: string,
): { readonly time: number; readonly memory: number } {
  const line = lineOf(candidate, text) ?? ''
  const time = /([\d.]+)x/.exec(line)?.[1]
  const memory = /x(?: \|)? +([\d.]+) MB/.exec(line)?.[1]
  if (time === undefined || memory === undefined)
    throw new Error(`docs/benchmarks.md has no figures of "${candidate}" in "${section}"`)
  return { time: Number(time), memory: Number(memory) }
}

/** The line that begins with the name of a candidate. */
function lineOf(candidate: string, table: string): string | undefined {
  return table.split('\n').find((each) => each.replace(/^\| /, '').split(/ \| | {2,}/)[0] === candidate)
}

if (import.meta.main) {
  const page = readFileSync(PAGE, 'utf8')
  if (!TABLE.test(page)) throw new Error('docs/compare.md has no table of tasks to replace')
  writeFileSync(
    PAGE,
    page.replace(TABLE, () => `${compareTable()}\n`),
  )
}
