// A process that runs cases of one surface, which the bundle puts in place of `fuzz-surface`.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { surface } from 'fuzz-surface'
import { runLoop } from './loop.ts'
import type { Job } from './message.ts'

const job: Job = JSON.parse(process.argv[2] ?? '')
const bundle = JSON.parse(readFileSync(join(job.folder, 'bundle.json'), 'utf8'))
const stop = new AbortController()
process.once('message', () => stop.abort())
// Whoever started it is gone.
process.once('disconnect', () => process.exit())
await runLoop(job, surface, bundle, (report) => process.send?.(report), stop.signal)
await new Promise((resolve) => setImmediate(resolve))
process.disconnect?.()
