import { statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './bundle.ts'
import { describeFinding, filesOf, isKnown, saveFinding } from './findings.ts'
import { foldersOf, fuzzSurface, type ReadySurface, readySurface } from './fuzz-surface.ts'
import { type Ledger, readLedger, withTurn, writeLedger } from './ledger.ts'
import type { Options } from './options.ts'
import type { ChildEnd } from './run-child.ts'
import { type NamedSurface, SURFACES, surfaceOf } from './surfaces.ts'

export const LEDGER = join(ROOT, 'fuzz', 'ledger.json')

/** Time of one process, at most: a campaign goes from surface to surface, so that each has its share however long it lasts. */
const MAX_TURN_MS = 900_000
/** Files of other corpora that are longer are left out. */
const MAX_FOREIGN_BYTES = 12_000
/** Turns that each surface has in a campaign, where that makes no turn longer. */
const TURNS = 2

/** Run surfaces by turns, the one that is furthest from its goal first, and write each turn to the ledger. */
export async function runCampaign(
  options: Options,
  print: (line: string) => void,
  signal?: AbortSignal,
): Promise<Ledger> {
  const surfaces = options.surfaces?.map(surfaceOf) ?? SURFACES
  const ready = new Map<string, ReadySurface>()
  const end = performance.now() + options.minutes * 60_000
  let ledger = readLedger(LEDGER)
  let left = options.cases
  for (let turn = 0; left > 0 && performance.now() < end && signal?.aborted !== true; turn++) {
    const named = nextSurface(surfaces, ledger)
    const surface = ready.get(named.name) ?? (await readySurface(named, foldersOf(named.name, options.work)))
    ready.set(named.name, surface)
    const start = performance.now()
    const share = (options.minutes * 60_000) / (TURNS * surfaces.length)
    const maxMs = Math.min(MAX_TURN_MS, share, end - start)
    const result = await fuzzSurface(
      surface,
      { seed: options.seed + turn, cases: left, maxMs, corpora: corporaOf(named, options) },
      signal,
    )
    const seconds = (performance.now() - start) / 1000
    const findings = newFindings(surface, result, print)
    const entry = { cases: result.cases, seconds, ...branchesOf(surface, result), findings }
    // Another process may have written its own surfaces meanwhile.
    ledger = withTurn(readLedger(LEDGER), named.name, entry)
    writeLedger(LEDGER, ledger)
    left -= result.cases
    const { cases } = result
    print(
      `${named.name}: ${cases} cases, ${Math.round(cases / seconds)} a second, corpus ${result.corpus}, branches ${entry.reached} of ${entry.branches}`,
    )
  }
  return ledger
}

/** Files of a surface in the folder of corpora, those that are short enough to be run many times. */
function corporaOf({ corpus }: NamedSurface, { corpora }: Options): readonly string[] {
  if (corpus === undefined || corpora === undefined) return []
  return filesOf(join(corpora, corpus)).filter((file) => statSync(file).size < MAX_FOREIGN_BYTES)
}

/** The surface with the least share of its goal. */
function nextSurface(surfaces: readonly NamedSurface[], ledger: Ledger): NamedSurface {
  const share = ({ name, goal }: NamedSurface): number => (ledger[name]?.cases ?? 0) / goal
  return surfaces.reduce((least, surface) => (share(surface) < share(least) ? surface : least))
}

/** Save and print the faults that no earlier run has found. @returns their number. */
function newFindings({ name, folders }: ReadySurface, { faults }: ChildEnd, print: (line: string) => void): number {
  const folder = join(folders.work, 'findings', name)
  const found = faults.filter((shown) => !isKnown(folder, shown))
  for (const shown of found) print(describeFinding(name, shown, saveFinding(folder, shown)))
  return found.length
}

/** Branches of the files that are the surface's, and how many of them were reached. */
export function branchesOf(
  { bundle, covers }: ReadySurface,
  { reached }: ChildEnd,
): { branches: number; reached: number } {
  const own = bundle.files.filter(({ file }) => covers.some((path) => file.startsWith(path)))
  const isOwn = (at: number): boolean => own.some(({ first, counters }) => at >= first && at < first + counters)
  return {
    branches: own.reduce((sum, { counters }) => sum + counters, 0),
    reached: reached.filter(isOwn).length,
  }
}
