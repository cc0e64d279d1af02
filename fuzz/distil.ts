import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { filesOf } from './findings.ts'
import { foldersOf, readySurface, replayInputs } from './fuzz-surface.ts'
import type { NamedSurface } from './surfaces.ts'

/** Bytes of a surface's inputs in the repository: 17 surfaces stay under 300 kB. */
const MAX_BYTES = 16_000

/**
 * Write inputs that campaigns have found to `fuzz/corpus`, of each surface the shortest ones that reach a branch more than those before them.
 *
 * What is there stays: it holds the inputs of findings.
 */
export async function distil(
  surfaces: readonly NamedSurface[],
  work: string,
  print: (line: string) => void,
): Promise<void> {
  for (const named of surfaces) {
    const folders = foldersOf(named.name, work)
    const surface = await readySurface(named, folders)
    const here = existsSync(folders.seeds) ? filesOf(folders.seeds) : []
    const found = [...filesOf(join(folders.work, 'corpus'))].sort((a, b) => sizeOf(a) - sizeOf(b))
    const inputs = [...here, ...found]
    const { useful } = await replayInputs(surface, inputs)
    mkdirSync(folders.seeds, { recursive: true })
    let bytes = here.reduce((sum, file) => sum + sizeOf(file), 0)
    let files = here.length
    for (const index of useful) {
      const file = inputs[index]
      if (file === undefined || index < here.length || bytes + sizeOf(file) > MAX_BYTES) continue
      writeFileSync(join(folders.seeds, basename(file)), readFileSync(file))
      bytes += sizeOf(file)
      files++
    }
    print(`${named.name}: ${files} inputs, ${bytes} bytes`)
  }
}

function sizeOf(path: string): number {
  return statSync(path).size
}
