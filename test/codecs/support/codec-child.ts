import { readFileSync } from 'node:fs'
import { codecFor } from '../../../src/codecs/codec-for.ts'
import { isMillraceError } from '../../../src/errors.ts'

// Reads the files that it is given and says, a line of JSON each, how that ended: run by tests in a process with little memory.
for (const path of process.argv.slice(2)) {
  const started = performance.now()
  let rows = 0
  let outcome = 'read'
  try {
    for await (const batch of codecFor(path).read(new Uint8Array(readFileSync(path)))) rows += batch.numRows
  } catch (error) {
    outcome = isMillraceError(error) ? error.code : `not ours: ${error}`
  }
  const ms = Math.round(performance.now() - started)
  console.log(JSON.stringify({ path, outcome, rows, ms, peakMb: Math.round(process.resourceUsage().maxRSS / 1024) }))
}
