import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { CandidateName } from '../candidates/cdc/candidates.ts'
import type { InputName } from '../candidates/cdc/images.ts'
import { formatTable } from '../table.ts'
import type { Suite } from './suite.ts'

interface Contest {
  readonly task: string
  readonly input: InputName
  readonly theirs: CandidateName
  readonly ours: CandidateName
  /** How many times as fast ours is to be. */
  readonly target?: number
}

const images = { theirs: 'unmarshall', ours: 'deserializeImage' } as const
const CONTESTS: readonly Contest[] = [
  { task: 'deserialize, 20 attributes', input: 'flat', ...images, target: 4 },
  { task: 'deserialize, 20 attributes, nested', input: 'order', ...images, target: 4 },
  { task: 'deserialize, 5 attributes', input: 'fiveAttributes', ...images },
  { task: 'deserialize, 50 numbers', input: 'fiftyNumbers', ...images, target: 2.8 },
  { task: 'deserialize, a deep list', input: 'deepList', ...images, target: 6 },
  { task: 'diff of items, flat', input: 'flatChange', theirs: 'microdiff', ours: 'diff', target: 1.2 },
  { task: 'diff of items, nested', input: 'orderChange', theirs: 'microdiff', ours: 'diff', target: 2 },
  {
    task: 'what changed, from images',
    input: 'orderChange',
    theirs: 'unmarshall twice + microdiff',
    ours: 'detectImageChanges',
    target: 14,
  },
  {
    task: 'record to change event',
    input: 'orderEvent',
    theirs: 'unmarshall twice + microdiff, of records',
    ours: 'readChanges',
    target: 4,
  },
]
const STATES = ['fresh', 'warm'] as const
const CHILD = fileURLToPath(new URL('../cdc-child.ts', import.meta.url))

/**
 * Microseconds per item, each candidate in processes of its own by turns, the best of them, on images parsed just before. `warm` images have been walked with `for in` before
 * the clock starts: that makes the SDK faster, which asks for the keys of every object, so both are shown.
 */
export const cdc: Suite = async ({ runs = 3, only = '' }, print) => {
  const figures = []
  for (const contest of CONTESTS.filter(({ task }) => task.includes(only))) {
    const { theirs, ours, input } = contest
    for (const state of STATES) {
      const times = { theirs: [] as number[], ours: [] as number[] }
      for (let run = 0; run < runs; run += 1) {
        process.stderr.write(`${contest.task}, ${state}, run ${run + 1} of ${runs}\n`)
        times.theirs.push(await microseconds(theirs, input, state))
        times.ours.push(await microseconds(ours, input, state))
      }
      figures.push({
        ...contest,
        state,
        theirMicroseconds: Math.min(...times.theirs),
        ourMicroseconds: Math.min(...times.ours),
      })
    }
  }
  const text = formatTable(
    ['', 'images', 'other library', 'us per item', 'millrace', 'us per item', 'times', 'target'],
    figures.map(({ task, state, theirs, theirMicroseconds, ours, ourMicroseconds, target }) => [
      task,
      state,
      theirs.replace(', of records', ''),
      theirMicroseconds.toFixed(2),
      ours,
      ourMicroseconds.toFixed(2),
      `${(theirMicroseconds / ourMicroseconds).toFixed(1)}x`,
      state === 'fresh' && target !== undefined ? `${target}x` : '',
    ]),
  )
  print(`cdc: microseconds per item; unmarshall of @aws-sdk/util-dynamodb, microdiff\n${text}`)
  return { other: { text, figures } }
}

async function microseconds(candidate: string, input: string, state: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, candidate, input, state])
  return Number(stdout.trimEnd().split('\n').at(-1))
}
