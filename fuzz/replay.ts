import { basename, dirname } from 'node:path'
import { describeFinding, filesOf } from './findings.ts'
import { foldersOf, type ReadySurface, readySurface, replayInputs } from './fuzz-surface.ts'
import { surfaceOf } from './surfaces.ts'

/** Run saved inputs again, each in a process of its own. @returns whether none of them shows a fault. */
export async function replay(
  path: string,
  surfaceName: string | undefined,
  work: string,
  print: (line: string) => void,
): Promise<boolean> {
  let isClean = true
  const ready = new Map<string, ReadySurface>()
  for (const file of filesOf(path)) {
    const name = surfaceName ?? basename(dirname(file))
    const surface = ready.get(name) ?? (await readySurface(surfaceOf(name), foldersOf(name, work)))
    ready.set(name, surface)
    const { faults, broken } = await replayInputs(surface, [file])
    const shown = [...faults, ...(broken === undefined ? [] : [broken])]
    for (const each of shown) print(describeFinding(name, each, file))
    if (shown.length === 0) print(`${name}: ${basename(file)}: no fault`)
    else isClean = false
  }
  return isClean
}
