// `npm run bench -- [suite ...] [--rows n] [--runs n] [--only text] [--against folder] [--json file] [--page]`: see the suites below.
// `--page` writes the figures to docs/benchmarks.md: a page of its own where a suite has contests, else the sections of these suites alone.
import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { writePage, writeSections } from './page.ts'
import { cdc } from './suites/cdc.ts'
import { cli } from './suites/cli.ts'
import { codecs } from './suites/codecs.ts'
import { coldStart } from './suites/cold-start.ts'
import { dataset } from './suites/dataset.ts'
import { events } from './suites/events.ts'
import { fanout } from './suites/fanout.ts'
import { flow } from './suites/flow.ts'
import { growth } from './suites/growth.ts'
import { idempotency } from './suites/idempotency.ts'
import { job } from './suites/job.ts'
import { load } from './suites/load.ts'
import { merge } from './suites/merge.ts'
import { send } from './suites/send.ts'
import { shapes } from './suites/shapes.ts'
import type { Suite, SuiteFigures } from './suites/suite.ts'
import { telemetry } from './suites/telemetry.ts'

const SUITES: Readonly<Record<string, Suite>> = {
  job,
  cdc,
  cli,
  codecs,
  'cold-start': coldStart,
  dataset,
  events,
  fanout,
  flow,
  growth,
  idempotency,
  load,
  merge,
  send,
  shapes,
  telemetry,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '1000000' },
    runs: { type: 'string' },
    only: { type: 'string' },
    against: { type: 'string' },
    json: { type: 'string' },
    page: { type: 'boolean', default: false },
  },
})
const names = positionals.length === 0 ? ['job'] : positionals
const unknown = names.filter((name) => SUITES[name] === undefined)
if (unknown.length > 0) {
  console.error(`no suite ${unknown.join(', ')}; there are ${Object.keys(SUITES).join(', ')}`)
  process.exit(2)
}

const options = {
  rows: Number(values.rows),
  runs: values.runs === undefined ? undefined : Number(values.runs),
  only: values.only,
  against: values.against,
}
const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.version}`
console.log(`${machine}\n`)
const figures: Record<string, SuiteFigures> = {}
for (const name of names) figures[name] = (await SUITES[name]?.(options, (text) => console.log(`${text}\n`))) ?? {}

if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ machine, options, figures }, undefined, 2)}\n`)
if (values.page) {
  const outcomes = Object.values(figures).flatMap((suite) => suite.outcomes ?? [])
  const others = Object.entries(figures).flatMap(([suite, { other }]) =>
    other === undefined ? [] : [{ suite, ...other }],
  )
  const command = `npm run bench -- ${process.argv.slice(2).join(' ')}`
  if (outcomes.length > 0) writePage(machine, command, outcomes, others)
  else writeSections(machine, command, others)
}
