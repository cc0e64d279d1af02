#!/usr/bin/env node
import { rmSync } from 'node:fs'
import type { Io } from './io.ts'
import { run } from './run.ts'

const { stdin, stdout, stderr } = process
const unfinished = new Set<string>()
const io: Io = { stdin, stdout, stderr, unfinished }

function removeUnfinished(): void {
  for (const path of unfinished) rmSync(path, { force: true })
  unfinished.clear()
}

// Whoever writes gets these errors too; without a listener they would end the process with a stack.
for (const stream of [stdout, stderr]) stream.on('error', () => {})
process.on('exit', removeUnfinished)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    removeUnfinished()
    // With no listener left the signal does what it does to every process, so that a shell sees it.
    process.kill(process.pid, signal)
  })
}

process.exitCode = await run(process.argv.slice(2), io)
removeUnfinished()
stdin.destroy()
