// One candidate in a process of its own: `cdc-child.ts <candidate> <input> <fresh|warm>` prints the microseconds per item as the last line.
import { performance } from 'node:perf_hooks'
import { CANDIDATES, type CandidateName, type ItemCandidate } from './candidates/cdc/candidates.ts'
import { INPUTS, type InputName } from './candidates/cdc/images.ts'

const [name, input, state] = process.argv.slice(2) as [CandidateName, InputName, string]
/** Items a batch: as many as Lambda hands over at once. */
const BATCH = 100
const SECONDS = 1.5

const candidate = CANDIDATES[name] as ItemCandidate<unknown, unknown>
const isEvent = input === 'orderEvent'
const texts = Array.from({ length: isEvent ? BATCH / 10 : BATCH }, (_, n) => JSON.stringify(INPUTS[input](n)))

const times: number[] = []
for (const end = performance.now() + SECONDS * 1000; performance.now() < end; ) {
  const parsed = texts.map((text): unknown => JSON.parse(text))
  if (state === 'warm') parsed.forEach(walk)
  const items = parsed.reduce<number>((sum, each) => sum + (candidate.size?.(each) ?? 1), 0)
  const inputs = parsed.map(candidate.prepare)
  const start = performance.now()
  for (const each of inputs) candidate.run(each)
  times.push(((performance.now() - start) * 1000) / items)
}
times.sort((left, right) => left - right)
// The tenth percentile: what other work on the machine adds is left out, for every candidate alike.
console.log(times[Math.floor(times.length / 10)])

/** Visits every object with `for in`, which warms what V8 remembers of their shapes. */
function walk(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const key in value) walk((value as Record<string, unknown>)[key])
}
