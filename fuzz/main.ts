// `npm run fuzz`: cases that coverage guides, over every part of the library that takes bytes from elsewhere. CONTRIBUTING.md says how to read it.
import { join } from 'node:path'
import { ROOT } from './bundle.ts'
import { LEDGER, runCampaign } from './campaign.ts'
import { distil } from './distil.ts'
import { readLedger, totalOf } from './ledger.ts'
import { readOptions } from './options.ts'
import { replay } from './replay.ts'
import { SURFACES, surfaceOf } from './surfaces.ts'
import { tableOf, writeTable } from './table.ts'

const PAGE = join(ROOT, 'docs', 'testing.md')
const NAMES = SURFACES.map(({ name }) => name)

const options = readOptions(process.argv.slice(2))
if (options.replay !== undefined) {
  const isClean = await replay(options.replay, options.surfaces?.[0], options.work, console.log)
  if (!isClean) process.exitCode = 1
} else if (options.isDistil) {
  await distil(options.surfaces?.map(surfaceOf) ?? SURFACES, options.work, console.log)
} else {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
  const before = totalOf(readLedger(LEDGER)).findings
  const ledger = options.isTable ? readLedger(LEDGER) : await runCampaign(options, console.log, stop.signal)
  const table = tableOf(ledger, NAMES)
  writeTable(PAGE, table)
  console.log(table)
  if (totalOf(ledger).findings > before) process.exitCode = 1
}
