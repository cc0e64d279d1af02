// vitest's runner: runs each test once for what it covers, or once more for each mutant that it covers.
import { type RunnerTestCase, TestRunner } from 'vitest'
import { getFn } from 'vitest/suite'
import { attempt } from './attempt.ts'
import { readJob } from './job.ts'
import { readState, writeNote } from './state.ts'
import { switches } from './switches.ts'
import { writeActivity } from './watch-file.ts'

const now = performance.now.bind(performance)
const realSetTimeout = setTimeout
const folder = process.env['MUTATE_FOLDER'] ?? ''
const job = readJob(folder)
const state = readState(folder)
const living = new Set(job.mutants.filter((id) => !state.ends.has(id)))
/** A test may take so long with a mutant: some times its own time, and never less than the machine's own pauses. */
const limitOf = (ms: number): number => Math.max(1500, 6 * ms + 1000)
const HITS = { least: 2000, factor: 50 }
const WHY = 160
const SLOW_MS = 120_000
let count = 0

// biome-ignore lint/style/noDefaultExport: vitest takes a runner by its default export
export default class MutantRunner extends TestRunner {
  async runTask(test: RunnerTestCase): Promise<void> {
    if (job.isDryRun) await dryRun(test)
    else await runMutants(test)
  }
}

async function dryRun(test: RunnerTestCase): Promise<void> {
  // A sign of life: on a busy machine the tests of a folder take minutes together.
  writeActivity(folder, { count: ++count })
  switches.currentTestId = test.id
  const start = now()
  try {
    await getFn(test)()
  } catch (error) {
    // Once more: on a busy machine a test of times may fail by itself.
    if ((await attempt(test, SLOW_MS)).end !== 'passed') {
      const why = String(error instanceof Error ? error.message : error).slice(0, WHY)
      writeNote(folder, { note: 'broken', test: test.id, name: test.name, why })
      throw error
    }
  } finally {
    delete switches.currentTestId
  }
  const covered = switches.mutantCoverage?.perTest[test.id] ?? {}
  const { name } = test
  writeNote(folder, { note: 'test', test: test.id, name, file: test.file.name, ms: Math.ceil(now() - start), covered })
  writeNote(folder, { note: 'loaded', mutants: Object.keys(switches.mutantCoverage?.static ?? {}) })
}

/** Run a test on every living mutant that it covers. A kill counts once the test passes again without the mutant. */
async function runMutants(test: RunnerTestCase): Promise<void> {
  const known = state.tests.get(test.id)
  if (known === undefined || known.ms > job.maxMs || state.done.has(test.id)) return
  const mutants = Object.keys(known.covered).filter((id) => living.has(id) && !state.passed.has(`${id} ${test.id}`))
  const limitMs = limitOf(known.ms)
  const isFragile = state.fragile.has(test.id)
  if (isFragile && mutants.length > 0 && !(await isRepeatable(test, limitMs))) {
    writeNote(folder, { note: 'unrepeatable', test: test.id })
    return writeNote(folder, { note: 'done', test: test.id })
  }
  const ends: Parameters<typeof writeNote>[1][] = []
  for (const mutant of mutants) {
    const hitLimit = Math.max(HITS.least, HITS.factor * (known.covered[mutant] ?? 0))
    Object.assign(switches, { activeMutant: mutant, hitCount: 0, hitLimit })
    writeActivity(folder, { mutant, test: test.id, limitMs, count: ++count })
    const { end, why } = await attempt(test, limitMs)
    if (end === 'passed') {
      writeNote(folder, { note: 'passed', mutant, test: test.id })
      continue
    }
    ends.push({ note: 'end', mutant, end, by: `${test.file.name} > ${test.name}`, why: why.slice(0, WHY) })
    if (isFragile) await confirm(test, limitMs, ends.splice(0))
  }
  await confirm(test, limitMs, ends)
  writeNote(folder, { note: 'done', test: test.id })
  writeActivity(folder, { count: ++count })
}

async function isRepeatable(test: RunnerTestCase, limitMs: number): Promise<boolean> {
  writeActivity(folder, { count: ++count })
  for (let run = 0; run < 2; run++) if ((await attempt(test, limitMs * 4)).end !== 'passed') return false
  return true
}

/** Write down ends once the test passes again; ask for a new process where it does not. */
async function confirm(
  test: RunnerTestCase,
  limitMs: number,
  ends: readonly Parameters<typeof writeNote>[1][],
): Promise<void> {
  if (ends.length === 0) return
  writeActivity(folder, { count: ++count })
  const isClean = (await attempt(test, limitMs * 4)).end === 'passed'
  if (isClean || state.fragile.has(test.id)) {
    for (const end of ends) {
      writeNote(folder, end)
      if (end.note === 'end') living.delete(end.mutant)
    }
  } else writeNote(folder, { note: 'fragile', test: test.id })
  if (isClean) return
  writeActivity(folder, { wantsRestart: true, count: ++count })
  await new Promise((resolve) => realSetTimeout(resolve, 600_000))
}
