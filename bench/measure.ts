import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Facts, Input, Measurement } from './candidate.ts'
import { type Compiled, compile } from './compile.ts'

/** Candidates for the same task on the same file. Module paths are relative to `bench/candidates`, without `.ts`. */
export interface Contest {
  readonly name: string
  readonly file: string
  readonly candidates: Readonly<Record<string, string>>
  /** Reads what a candidate wrote, where it writes a file. */
  readonly factsOfOutput?: (output: string) => Promise<Facts>
}

export interface Standing {
  readonly name: string
  readonly medianSeconds: number
  readonly minSeconds: number
  readonly cpuSeconds: number
  readonly megabytesPerSecond: number
  readonly peakBytes: number
  readonly outputBytes: number
  readonly facts: Facts
}

/** A candidate without a measurement, and why. */
export interface Absence {
  readonly name: string
  readonly problem: string
}

export interface Outcome {
  readonly contest: string
  readonly file: string
  readonly bytes: number
  readonly standings: readonly Standing[]
  readonly absences: readonly Absence[]
  /** Facts in which the candidates differ; empty where all agree. */
  readonly disagreements: readonly string[]
}

interface Run extends Measurement {
  readonly outputBytes: number
}

/**
 * Every candidate `runs` times, each time in a fresh process, taking turns, so that a slow minute of the machine hits all alike.
 */
export async function measure(contest: Contest, runs: number): Promise<Outcome> {
  const compiled = await compile(Object.values(contest.candidates))
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const measured = new Map<string, Run[]>()
  const absences: Absence[] = []
  try {
    for (let run = 0; run < runs; run += 1) {
      for (const [name, module] of Object.entries(contest.candidates)) {
        if (absences.some((absence) => absence.name === name)) continue
        process.stderr.write(`${contest.name}, run ${run + 1} of ${runs}: ${name}\n`)
        try {
          const output = join(folder, `${run}-${name.replaceAll(/\W+/g, '-')}.parquet`)
          const result = await runOnce(compiled, module, { file: contest.file, output }, contest.factsOfOutput)
          measured.set(name, [...(measured.get(name) ?? []), result])
          rmSync(output, { force: true })
        } catch (error) {
          absences.push({ name, problem: firstLine(error) })
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const { size: bytes } = statSync(contest.file)
  const standings = [...measured].map(([name, results]) => standing(name, results, bytes))
  return {
    contest: contest.name,
    file: contest.file,
    bytes,
    standings,
    absences,
    disagreements: disagreements(standings),
  }
}

async function runOnce(
  { child, candidate }: Compiled,
  module: string,
  input: Input,
  factsOfOutput: Contest['factsOfOutput'],
): Promise<Run> {
  const args = [child, candidate(module), JSON.stringify(input)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 })
  const measurement = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Measurement
  if (factsOfOutput === undefined) return { ...measurement, outputBytes: 0 }
  const facts = { ...measurement.facts, ...(await factsOfOutput(input.output)) }
  return { ...measurement, facts, outputBytes: statSync(input.output).size }
}

function standing(name: string, runs: readonly Run[], bytes: number): Standing {
  const seconds = runs.map((run) => run.seconds)
  return {
    name,
    medianSeconds: median(seconds),
    minSeconds: Math.min(...seconds),
    cpuSeconds: median(runs.map((run) => run.cpuSeconds)),
    megabytesPerSecond: bytes / 1e6 / median(seconds),
    peakBytes: median(runs.map((run) => run.peakBytes)),
    outputBytes: runs[0]?.outputBytes ?? 0,
    facts: runs[0]?.facts ?? {},
  }
}

function disagreements(standings: readonly Standing[]): readonly string[] {
  const names = new Set(standings.flatMap(({ facts }) => Object.keys(facts)))
  return [...names].flatMap((fact) => {
    const told = standings.filter(({ facts }) => fact in facts)
    if (new Set(told.map(({ facts }) => String(facts[fact]))).size < 2) return []
    return [`${fact}: ${told.map(({ name, facts }) => `${facts[fact]} (${name})`).join(', ')}`]
  })
}

/** The middle of the values; the mean of the two in the middle where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** What went wrong in a child process, in one line: its error rather than the command. */
function firstLine(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
  return text.split('\n').find((line) => /^(\w*Error|\w*Exception)\b/.test(line)) ?? text.split('\n')[0] ?? ''
}
