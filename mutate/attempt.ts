import { type RunnerTestCase, type RunnerTestSuite, vi } from 'vitest'
import { getFn, getHooks } from 'vitest/suite'
import type { End } from './state.ts'
import { switches } from './switches.ts'

const realSetTimeout = setTimeout
const realClearTimeout = clearTimeout
/** Time for the hooks after a test that a mutant has broken. */
const AFTER_MS = 2000

/** Run a test with its hooks and whatever mutant is on; switch the mutant off before the hooks after it. */
export async function attempt(test: RunnerTestCase, limitMs: number): Promise<{ end: End | 'passed'; why: string }> {
  const cleanups: (() => unknown)[] = []
  const run = runOnce(test, cleanups)
  run.catch(() => {})
  try {
    if (!(await endsWithin(run, limitMs))) return { end: 'timeout', why: `not done in ${limitMs} ms` }
    return { end: 'passed', why: '' }
  } catch (error) {
    const why = String(error instanceof Error ? error.message : error)
    return { end: why.includes('Hit count limit') ? 'timeout' : 'killed', why }
  } finally {
    delete switches.activeMutant
    await endsWithin(tidy(test, cleanups), AFTER_MS).catch(() => {})
  }
}

async function runOnce(test: RunnerTestCase, cleanups: (() => unknown)[]): Promise<void> {
  for (const suite of suitesOf(test)) {
    for (const hook of getHooks(suite).beforeEach) {
      const cleanup = await hook(test.context, suite)
      if (typeof cleanup === 'function') cleanups.push(() => cleanup())
    }
  }
  await getFn(test)()
}

async function tidy(test: RunnerTestCase, cleanups: readonly (() => unknown)[]): Promise<void> {
  if (vi.isFakeTimers()) vi.useRealTimers()
  for (const suite of suitesOf(test).reverse()) {
    for (const hook of getHooks(suite).afterEach) await hook(test.context, suite)
  }
  for (const cleanup of cleanups) await cleanup()
}

/** The file and the suites around a test, outermost first. */
function suitesOf(test: RunnerTestCase): RunnerTestSuite[] {
  const suites: RunnerTestSuite[] = []
  for (let suite = test.suite; suite !== undefined && suite !== test.file; suite = suite.suite) suites.unshift(suite)
  return [test.file, ...suites]
}

async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = realSetTimeout(resolve, ms, false)
  })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    realClearTimeout(timer)
  }
}
