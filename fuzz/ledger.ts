import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Account of a surface over all campaigns. */
export interface Entry {
  /** Guided cases run; seeds and inputs of the corpus do not count. */
  readonly cases: number
  readonly seconds: number
  /** Branches of the surface's files, and those of them that cases reached. */
  readonly branches: number
  readonly reached: number
  /** Different faults found. */
  readonly findings: number
}

export type Ledger = Readonly<Record<string, Entry>>

/** Result of one process. */
export interface Turn {
  readonly cases: number
  readonly seconds: number
  readonly branches: number
  readonly reached: number
  readonly findings: number
}

export const NO_ENTRY: Entry = { cases: 0, seconds: 0, branches: 0, reached: 0, findings: 0 }

export function readLedger(path: string): Ledger {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
}

/** Add a turn: counts add up, coverage is that of the best campaign on the code as it is. */
export function withTurn(ledger: Ledger, name: string, turn: Turn): Ledger {
  const old = ledger[name] ?? NO_ENTRY
  const isSameCode = old.branches === turn.branches
  const entry: Entry = {
    cases: old.cases + turn.cases,
    seconds: Math.round((old.seconds + turn.seconds) * 10) / 10,
    branches: turn.branches,
    reached: isSameCode ? Math.max(old.reached, turn.reached) : turn.reached,
    findings: old.findings + turn.findings,
  }
  return { ...ledger, [name]: entry }
}

/** The sum of all surfaces. */
export function totalOf(ledger: Ledger): Pick<Entry, 'cases' | 'seconds' | 'findings'> {
  const all = Object.values(ledger)
  const sum = (value: (entry: Entry) => number): number => all.reduce((total, entry) => total + value(entry), 0)
  return { cases: sum(({ cases }) => cases), seconds: sum(({ seconds }) => seconds), findings: sum((e) => e.findings) }
}

export function writeLedger(path: string, ledger: Ledger): void {
  const sorted = Object.fromEntries(Object.entries(ledger).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(path, `${JSON.stringify(sorted, null, 2)}\n`)
}
