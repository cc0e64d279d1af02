#!/usr/bin/env node
import type { Io } from './io.ts'
import { run } from './run.ts'
import { removeUnfinished } from './unfinished.ts'

const { stdin, stdout, stderr } = process
const io: Io = { stdin, stdout, stderr, unfinished: new Set() }

// Writers get these errors too; without a listener they would end the process with a stack trace.
for (const stream of [stdout, stderr]) stream.on('error', () => {})
process.on('exit', () => removeUnfinished(io))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    removeUnfinished(io)
    // Without a listener the signal has its default effect, so that a shell sees it.
    process.kill(process.pid, signal)
  })
}

process.exitCode = await run(process.argv.slice(2), io)
stdin.destroy()
