import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { median } from '../measure.ts'
import { loadBuild } from '../telemetry-build.ts'
import { telemetryBuilds } from '../telemetry-builds.ts'
import type { Suite } from './suite.ts'

const SIZE = { records: 10_000, rows: 50_000 }
const REPEATS = 5
const NAMES = ['batch', 'job'] as const

/**
 * What publishing costs while nobody listens: a batch and the S3 job on this commit over those of the same commit with its channels taken out, both
 * built here by the same settings, or over the build in `--against`. Instructions first, by callgrind and without the optimising compiler, whose
 * turns differ from run to run; then CPU time in 20 turns within one process. `--only instructions` or `--only cpu` runs one of them.
 */
export const telemetry: Suite = async ({ runs = 20, against, only }, print) => {
  const { ours, without } = await telemetryBuilds()
  const folders = { ours, theirs: against ?? without }
  const what = against ?? 'the same commit without channels'
  const figures: Record<string, number> = {}
  if (only !== 'cpu') Object.assign(figures, instructions(folders, what, print))
  if (only !== 'instructions') Object.assign(figures, await cpuTimes(folders, what, runs, print))
  return {
    other: { text: 'instructions and CPU time over the same commit without channels, nobody subscribed', figures },
  }
}

interface Folders {
  readonly ours: string
  readonly theirs: string
}
type Print = Parameters<Suite>[1]

async function cpuTimes(folders: Folders, what: string, runs: number, print: Print): Promise<Record<string, number>> {
  const [ours, theirs] = [await loadBuild(folders.ours, SIZE), await loadBuild(folders.theirs, SIZE)]
  const figures: Record<string, number> = {}
  for (const name of NAMES) {
    await ours[name]()
    await theirs[name]()
    const times: { readonly ours: number[]; readonly theirs: number[] } = { ours: [], theirs: [] }
    for (let turn = 0; turn < runs; turn++) {
      // By turns, who comes first too.
      const order = turn % 2 === 0 ? (['ours', 'theirs'] as const) : (['theirs', 'ours'] as const)
      for (const whose of order) times[whose].push(await cpuOf((whose === 'ours' ? ours : theirs)[name]))
    }
    const ratio = (of: (values: readonly number[]) => number) => of(times.ours) / of(times.theirs)
    const least = ratio((values) => Math.min(...values))
    figures[`${name} CPU time`] = least
    print(
      `${name}: CPU time over ${what}: ${percent(least)} of the least of ${runs} turns, ${percent(ratio(median))} of the medians`,
    )
  }
  return figures
}

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  for (let repeat = 0; repeat < REPEATS; repeat++) await work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function instructions({ ours, theirs }: Folders, what: string, print: Print): Record<string, number> {
  const figures: Record<string, number> = {}
  for (const name of NAMES) {
    const [first, other, again] = [ours, theirs, ours].map((folder) => instructionsOf(folder, name)) as [
      number,
      number,
      number,
    ]
    const ratio = first / other
    figures[`${name} instructions`] = ratio
    print(
      `${name}: ${first} instructions, ${percent(ratio)} over ${what}; ${percent(again / first)} over itself, run again`,
    )
  }
  return figures
}

function percent(ratio: number): string {
  return `${(100 * (ratio - 1)).toFixed(2)}%`
}

/** All that V8 does by the clock, by chance or in other threads is fixed: tiers of JavaScript and of WebAssembly, hashes. Nothing is collected meanwhile. */
const FLAGS = [
  ...['--no-opt', '--no-sparkplug', '--no-maglev', '--liftoff-only', '--no-wasm-tier-up'],
  ...[
    '--single-threaded',
    '--predictable',
    '--min-semi-space-size=256',
    '--max-semi-space-size=256',
    '--hash-seed=1',
    '--random-seed=1',
  ],
]

/** Instructions of one more turn: those of loading and of the first ones cancel out. */
function instructionsOf(folder: string, name: string): number {
  const [few, many] = [2, 12].map((times) => {
    const tool = ['--tool=callgrind', '--callgrind-out-file=/dev/null', '--smc-check=all-non-file', process.execPath]
    const child = fileURLToPath(new URL('../telemetry-child.ts', import.meta.url))
    const { stderr, error } = spawnSync('valgrind', [...tool, ...FLAGS, child, folder, name, `${times}`], {
      encoding: 'utf8',
    })
    const collected = /Collected : (\d+)/.exec(stderr ?? '')?.[1]
    if (collected === undefined) throw new Error(`callgrind counted nothing: ${error?.message ?? stderr}`)
    return Number(collected)
  }) as [number, number]
  return Math.round((many - few) / 10)
}
