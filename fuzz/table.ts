import { readFileSync, writeFileSync } from 'node:fs'
import { type Ledger, NO_ENTRY, totalOf } from './ledger.ts'

const BEGIN = '<!-- fuzzing: npm run fuzz -->'
const END = '<!-- end of fuzzing -->'
const HEAD = ['surface', 'cases', 'branches reached', 'findings, all mended', 'cases a second']

/** The ledger as a table of Markdown, surfaces in the order given. */
export function tableOf(ledger: Ledger, surfaces: readonly string[]): string {
  const rows = surfaces.map((name) => {
    const { cases, seconds, branches, reached, findings } = ledger[name] ?? NO_ENTRY
    const share = branches === 0 ? '' : `${reached} of ${branches} (${Math.round((100 * reached) / branches)}%)`
    return [`\`${name}\``, count(cases), share, String(findings), rate(cases, seconds)]
  })
  const { cases, seconds, findings } = totalOf(ledger)
  const sum = ['all', count(cases), '', String(findings), rate(cases, seconds)]
  return [HEAD, HEAD.map(() => '---'), ...rows, sum].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}

function rate(cases: number, seconds: number): string {
  return seconds === 0 ? '' : count(Math.round(cases / seconds))
}

/** The page with the table between its markers. */
export function withTable(page: string, table: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`the page has no ${BEGIN} followed by ${END}`)
  return `${page.slice(0, begin)}${BEGIN}\n\n${table}\n\n${page.slice(end)}`
}

export function writeTable(path: string, table: string): void {
  writeFileSync(path, withTable(readFileSync(path, 'utf8'), table))
}
