import { parseArgs } from 'node:util'

export interface Options {
  /** Folder below `src`; a folder in a folder is written `codecs/csv`. */
  readonly folder: string
  /** Mutants to run at the most. */
  readonly sample: number
  readonly seed: number
  /** Run all the mutants of one line alone: `src/flow/retry.ts:108`, or of one file. */
  readonly line: string | undefined
  /** Run these tests alone, for a quick look: paths from the root with commas between. */
  readonly tests: readonly string[] | undefined
  /** List the mutants, run none. */
  readonly isList: boolean
  /** Run only what survived the last time. */
  readonly isAgain: boolean
  /** Run the mutants at load too, each in a process of its own. */
  readonly isStatic: boolean
  /** Add what the last run left alive, on one line or in all, to the accepted list with this reason. */
  readonly accept: string | undefined
  /** The folder above `src` and `test`. */
  readonly root: string
}

const USAGE = `npm run mutate -- FOLDER [--sample N] [--seed N] [--line FILE:LINE] [--tests PATHS] [--list] [--again] [--static] [--accept 'KIND: REASON']`

export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      sample: { type: 'string', default: '500' },
      seed: { type: 'string', default: '1' },
      line: { type: 'string' },
      tests: { type: 'string' },
      list: { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
      static: { type: 'boolean', default: false },
      accept: { type: 'string' },
      root: { type: 'string', default: process.cwd() },
    },
  })
  const [folder, ...rest] = positionals
  if (folder === undefined || rest.length > 0) throw new Error(USAGE)
  const { line, list: isList, again: isAgain, static: isStatic, accept, root } = values
  const sample = wholeNumber('sample', values.sample)
  const seed = wholeNumber('seed', values.seed)
  return { folder, sample, seed, line, tests: values.tests?.split(','), isList, isAgain, isStatic, accept, root }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} must be a whole number\n${USAGE}`)
  return Number(text)
}
