import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { median } from '../measure.ts'
import { loadBuild } from '../telemetry-build.ts'
import type { Suite } from './suite.ts'

const SIZE = { records: 10_000, rows: 50_000 }
const REPEATS = 5
const NAMES = ['batch', 'job'] as const

/**
 * What publishing costs while nobody listens: CPU time of a batch and of the S3 job on this build over that on the one in `--against`, in turns
 * within one process. Without it the build is compared with itself, which shows the noise. `--only instructions` counts instructions instead, by
 * callgrind and without the optimising compiler, whose turns differ from run to run.
 */
export const telemetry: Suite = async ({ runs = 20, against = '.', only }, print) => {
  if (only === 'instructions') return instructions(against, print)
  const [ours, theirs] = [await loadBuild('.', SIZE), await loadBuild(against, SIZE)]
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
    const percent = (of: (values: readonly number[]) => number) =>
      (100 * (of(times.ours) / of(times.theirs) - 1)).toFixed(2)
    figures[name] = Math.min(...times.ours) / Math.min(...times.theirs)
    const least = percent((values) => Math.min(...values))
    print(
      `${name}: CPU time over ${against}: ${least}% of the least of ${runs} turns, ${percent(median)}% of the medians`,
    )
  }
  return { other: { text: 'CPU time over another build, nobody subscribed', figures } }
}

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  for (let repeat = 0; repeat < REPEATS; repeat++) await work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function instructions(against: string, print: (text: string) => void): ReturnType<Suite> {
  const figures: Record<string, number> = {}
  for (const name of NAMES) {
    const [ours, theirs] = [instructionsOf('.', name), instructionsOf(against, name)]
    figures[name] = ours / theirs
    print(`${name}: ${ours} instructions, ${(100 * (ours / theirs - 1)).toFixed(2)}% over ${against}`)
  }
  return Promise.resolve({ other: { text: 'instructions over another build, nobody subscribed', figures } })
}

/** Instructions of one more turn: those of loading and of the first ones cancel out. */
function instructionsOf(folder: string, name: string): number {
  const [few, many] = [2, 12].map((times) => {
    const tool = ['--tool=callgrind', '--callgrind-out-file=/dev/null', '--smc-check=all-non-file', process.execPath]
    const node = ['--no-opt', '--no-sparkplug', '--no-maglev', '--single-threaded', '--predictable', '--hash-seed=1']
    const child = fileURLToPath(new URL('../telemetry-child.ts', import.meta.url))
    const { stderr } = spawnSync('valgrind', [...tool, ...node, child, folder, name, `${times}`], { encoding: 'utf8' })
    return Number(/Collected : (\d+)/.exec(stderr)?.[1])
  })
  return Math.round(((many ?? Number.NaN) - (few ?? Number.NaN)) / 10)
}
