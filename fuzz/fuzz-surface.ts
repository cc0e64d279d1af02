import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Bundle, bundleSurface, ROOT } from './bundle.ts'
import { filesOf } from './findings.ts'
import { LIMITS, type Limits } from './limits.ts'
import type { Job } from './message.ts'
import { type ChildEnd, runChild, type ShownFault } from './run-child.ts'
import type { NamedSurface } from './surfaces.ts'

/** Where a surface has its files. */
export interface Folders {
  /** Inputs that belong to the project. */
  readonly seeds: string
  /** Bundle, inputs that campaigns have found, and findings: not under version control. */
  readonly work: string
}

/** A surface that is ready to run. */
export interface ReadySurface extends NamedSurface {
  readonly bundle: Bundle
  readonly folders: Folders
  readonly limits: Limits
}

export function foldersOf(name: string, work: string): Folders {
  return { seeds: join(ROOT, 'fuzz', 'corpus', name), work: join(resolve(ROOT, work), name) }
}

export async function readySurface(surface: NamedSurface, folders: Folders, limits = LIMITS): Promise<ReadySurface> {
  mkdirSync(join(folders.work, 'corpus'), { recursive: true })
  return { ...surface, bundle: await bundleSurface(surface.path, join(folders.work, 'build')), folders, limits }
}

/** Run cases of a surface in one process; faults are those that a process of their own shows again. */
export async function fuzzSurface(
  surface: ReadySurface,
  { corpora = [], ...limits }: Pick<Job, 'seed' | 'cases' | 'maxMs'> & Partial<Pick<Job, 'corpora'>>,
  signal?: AbortSignal,
): Promise<ChildEnd> {
  const { seeds, work } = surface.folders
  const keep = join(work, 'corpus')
  const inputs = [seeds, keep].flatMap((folder) => (existsSync(folder) ? filesOf(folder) : []))
  const end = await runChild(surface.bundle, { ...jobOf(surface), ...limits, corpora, inputs, keep }, signal)
  if (end.broken === undefined) return end
  const shown = await showAgain(surface, end.broken)
  return { ...end, faults: [...end.faults, ...shown] }
}

/** Run single inputs. */
export async function replayInputs(surface: ReadySurface, inputs: readonly string[]): Promise<ChildEnd> {
  return runChild(surface.bundle, { ...jobOf(surface), inputs })
}

function jobOf({ folders: { work }, limits }: ReadySurface): Job {
  const folder = join(work, 'build')
  return {
    folder,
    caseFile: join(work, 'case'),
    seed: 0,
    cases: 0,
    maxMs: 0,
    limits,
    inputs: [],
    corpora: [],
    keep: undefined,
  }
}

/** The fault of a process that broke, if its last case alone breaks another; else it was what many cases left behind. */
async function showAgain(surface: ReadySurface, broken: ShownFault): Promise<readonly ShownFault[]> {
  const path = join(surface.folders.work, 'suspect')
  writeFileSync(path, broken.input)
  const again = await replayInputs(surface, [path])
  if (again.broken !== undefined) return [{ fault: again.broken.fault, input: broken.input }]
  // A crash is a fault even where it does not come back.
  return broken.fault.kind === 'memory' || broken.fault.kind === 'slow' ? again.faults : [broken]
}
