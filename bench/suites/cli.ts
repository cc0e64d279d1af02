import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { eventsAs, eventsCsv } from '../generate.ts'
import { median } from '../measure.ts'
import { formatTable, megabytes, secondsText } from '../table.ts'
import type { Suite } from './suite.ts'

const CHILD = fileURLToPath(new URL('../cli-child.ts', import.meta.url))
/** What one run of a command took. */
interface Cost {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakBytes?: number
}

interface Command {
  readonly name: string
  readonly bytes: number
  readonly run: () => Promise<Cost>
}

/**
 * The command line, whole processes: `inspect` beside `wc -l` on the same file, in turns, and `convert`, of ten times the rows too, whose memory must not
 * grow.
 */
export const cli: Suite = async ({ rows, runs = 5, only = '' }, print) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-cli-'))
  try {
    const commands = (await allCommands(rows, folder)).filter(({ name }) => name.includes(only))
    const costs = new Map<Command, Cost[]>()
    for (let run = 0; run < runs; run++) {
      for (const command of commands) {
        process.stderr.write(`cli, run ${run + 1} of ${runs}: ${command.name}\n`)
        costs.set(command, [...(costs.get(command) ?? []), await command.run()])
      }
    }
    const figures = [...costs].map(([{ name, bytes }, list]) => ({
      name,
      bytes,
      seconds: median(list.map(({ seconds }) => seconds)),
      cpuSeconds: median(list.map(({ cpuSeconds }) => cpuSeconds)),
      peakBytes: median(list.map(({ peakBytes = Number.NaN }) => peakBytes)),
    }))
    const lineCount = figures.find(({ name }) => name.startsWith('wc'))
    const text = formatTable(
      ['', 'input', 'elapsed', 'CPU', 'CPU / wc -l', 'peak memory'],
      figures.map(({ name, bytes, seconds, cpuSeconds, peakBytes }) => [
        name,
        megabytes(bytes),
        secondsText(seconds),
        secondsText(cpuSeconds),
        lineCount === undefined || bytes !== lineCount.bytes
          ? ''
          : `${(cpuSeconds / lineCount.cpuSeconds).toFixed(0)}x`,
        Number.isNaN(peakBytes) ? '' : megabytes(peakBytes),
      ]),
    )
    print(`cli: whole processes, start included\n${text}`)
    return { other: { text, figures } }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function allCommands(rows: number, folder: string): Promise<readonly Command[]> {
  const csv = await eventsCsv(rows)
  const large = await eventsCsv(rows * 10)
  const inspected = [csv, await eventsAs('ndjson', rows), await eventsAs('parquet', rows)]
  const out = join(folder, 'out.parquet')
  return [
    { name: `wc -l ${basename(csv)}`, bytes: statSync(csv).size, run: () => wordCount(csv) },
    ...inspected.map((file) => command(['inspect', file], file)),
    ...[csv, large].map((file) => command(['convert', file, out, '--force'], file)),
  ]
}

function command(args: readonly string[], file: string): Command {
  const name = `${args[0]} ${basename(file)}${args[0] === 'convert' ? ' to Parquet' : ''}`
  return { name, bytes: statSync(file).size, run: () => millrace(args) }
}

async function millrace(args: readonly string[]): Promise<Cost> {
  const start = performance.now()
  const { stderr } = await promisify(execFile)(process.execPath, [CHILD, ...args], { maxBuffer: 1 << 26 })
  const seconds = (performance.now() - start) / 1000
  return { seconds, ...(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as Omit<Cost, 'seconds'>) }
}

async function wordCount(file: string): Promise<Cost> {
  const { stderr } = await promisify(execFile)('bash', ['-c', 'TIMEFORMAT="%R %U %S"; time wc -l "$1"', 'wc', file])
  const [seconds = 0, user = 0, system = 0] = stderr.trim().split(' ').map(Number)
  return { seconds, cpuSeconds: user + system }
}
