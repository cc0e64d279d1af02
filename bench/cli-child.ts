// The command line in a process of its own: `cli-child.ts <flags>` prints CPU seconds, from the start of the process on, and peak memory as the last line of
// stderr.
import { writeSync } from 'node:fs'
import { peakMemory } from './peak-memory.ts'

const MAIN = new URL('../dist/cli.js', import.meta.url).href

process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  writeSync(2, `\n${JSON.stringify({ cpuSeconds: (user + system) / 1e6, peakBytes: peakMemory() })}\n`)
})
await import(MAIN)
