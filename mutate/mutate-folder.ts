import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Accepted, acceptedKey, readAccepted, staleEntries } from './accepted.ts'
import { chooseMutants, isOnLine } from './choose-mutants.ts'
import { coverTests, type Plan, runMutants } from './drive.ts'
import { folderOf, type MutatedFolder } from './folders.ts'
import { type Instrumented, instrument, type SourceText } from './instrument.ts'
import type { Mutant } from './mutant.ts'
import type { Options } from './options.ts'
import { type Result, resultOf } from './result.ts'
import { readState, type State } from './state.ts'
import { runStaticMutants } from './static-mutants.ts'

export interface FolderRun {
  readonly folder: MutatedFolder
  /** Mutants of the folder, run or not. */
  readonly total: number
  readonly result: Result
  readonly state: State
  readonly accepted: readonly Accepted[]
  readonly stale: readonly Accepted[]
}

/** Where a run keeps its files, ignored by git. */
export function workFolder({ root, folder }: Options): string {
  return join(root, '.mutate', folder.replaceAll('/', '-'))
}

/** Make the mutants of a folder of `src`, and run them against its tests. */
export async function mutateFolder(options: Options): Promise<FolderRun> {
  const folder = folderOf(options.folder)
  const sources = readSources(options.root, folder)
  const all = (await instrument(sources)).mutants
  const chosen = options.isAgain ? survivorsOfLastRun(options, all) : chooseMutants(all, options)
  const accepted = readAccepted(options.root, folder.name)
  const stale = staleEntries(accepted, all)
  const state = options.isList ? readState(workFolder(options)) : await run(options, folder, sources, chosen)
  const keys = new Set(accepted.map(acceptedKey))
  return { folder, total: all.length, result: resultOf(chosen, state, keys), state, accepted, stale }
}

/** Survivors that the last run wrote down, on one line where the options name one. */
export function survivorsOfLastRun(options: Options, all: readonly Mutant[]): readonly Mutant[] {
  const { line } = options
  const ids = new Set<string>(JSON.parse(readFileSync(join(workFolder(options), 'survivors.json'), 'utf8')))
  const isSurvivor = ({ file, lineText, original, replacement }: Mutant): boolean =>
    ids.has(JSON.stringify([file, lineText, original, replacement]))
  return all.filter((mutant) => isSurvivor(mutant) && (line === undefined || isOnLine(mutant, line)))
}

async function run(
  options: Options,
  folder: MutatedFolder,
  sources: readonly SourceText[],
  chosen: readonly Mutant[],
): Promise<State> {
  const work = workFolder(options)
  rmSync(work, { recursive: true, force: true })
  const ids = new Set(chosen.map(({ id }) => id))
  writeSources(work, await instrument(sources, (id) => ids.has(id)))
  const files = (options.tests ?? folder.tests).map((test) => (test.endsWith('.ts') ? test : `${test}/**/*.test.ts`))
  const { exclude, lawsShare } = folder
  const plan: Plan = { root: options.root, files, exclude, lawsShare, mutants: [...ids] }
  await coverTests(work, plan)
  await runMutants(work, plan)
  if (options.isStatic) await runStaticMutants(work, plan)
  const state = readState(work)
  const { survivors } = resultOf(chosen, state, new Set())
  const keys = survivors.map(({ file, lineText, original, replacement }) =>
    JSON.stringify([file, lineText, original, replacement]),
  )
  writeFileSync(join(work, 'survivors.json'), JSON.stringify(keys))
  return state
}

export function readSources(root: string, { name, sources }: MutatedFolder): readonly SourceText[] {
  const files = globSync(sources, { cwd: root }).sort()
  if (files.length === 0) throw new Error(`src/${name} has no sources`)
  return files.map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
}

function writeSources(work: string, { sources }: Instrumented): void {
  for (const { file, text } of sources) {
    mkdirSync(dirname(join(work, file)), { recursive: true })
    writeFileSync(join(work, file), text)
  }
}
