import { parseArgs } from 'node:util'

export interface Options {
  /** Wall time of the campaign. */
  readonly minutes: number
  /** Cases of the campaign, at most. */
  readonly cases: number
  /** Surfaces to run; all when absent. */
  readonly surfaces: readonly string[] | undefined
  readonly seed: number
  /** Folder of bundles, inputs found and findings; two campaigns at a time need two. */
  readonly work: string
  /** A saved input, or a folder of them, to run again and nothing else. */
  readonly replay: string | undefined
  /** Folder of other projects' corpora, whose files are further seeds. */
  readonly corpora: string | undefined
  /** Write the least inputs that reach what all reached to `fuzz/corpus`. */
  readonly isDistil: boolean
  /** Print the ledger, and write its table to the page. */
  readonly isTable: boolean
}

const USAGE = `npm run fuzz -- [--minutes N] [--cases N] [--surface NAME,NAME] [--seed N] [--work FOLDER] [--corpora FOLDER] | --replay FILE [--surface NAME] | --distil | --table`

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '5' },
      cases: { type: 'string', default: '1000000000000' },
      surface: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      work: { type: 'string', default: '.fuzz' },
      replay: { type: 'string' },
      corpora: { type: 'string' },
      distil: { type: 'boolean', default: false },
      table: { type: 'boolean', default: false },
    },
  })
  const { surface, work, replay, corpora, distil: isDistil, table: isTable } = values
  const minutes = number('minutes', values.minutes)
  const cases = number('cases', values.cases)
  const seed = number('seed', values.seed)
  return { minutes, cases, surfaces: surface?.split(','), seed, work, replay, corpora, isDistil, isTable }
}

function number(name: string, text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`--${name} must be a number\n${USAGE}`)
  return Number(text)
}
