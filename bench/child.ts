// One candidate in a process of its own: `child.mjs <module> <input as JSON>`, compiled, prints its measurement as the last line.
import { performance } from 'node:perf_hooks'
import type { Candidate, Input, Measurement } from './candidate.ts'
import { peakMemory } from './peak-memory.ts'

const [module = '', json = '{}'] = process.argv.slice(2)
const input = JSON.parse(json) as Input
const { candidate } = (await import(module)) as { candidate: Candidate }

const prepared = await candidate.prepare?.(input)
const cpu = process.cpuUsage()
const start = performance.now()
const done = await candidate.run(input, prepared)
const seconds = (performance.now() - start) / 1000
const { user, system } = process.cpuUsage(cpu)
const peakBytes = peakMemory()
const measurement: Measurement = {
  seconds,
  cpuSeconds: (user + system) / 1e6,
  peakBytes,
  facts: (await candidate.facts?.(done, input)) ?? {},
}
console.log(`\n${JSON.stringify(measurement)}`)
process.exit(0)
