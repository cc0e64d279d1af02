import { basename, dirname } from 'node:path'
import { describeFinding, filesOf } from './findings.ts'
import { readySurface, replayInputs } from './fuzz-surface.ts'
import { surfaceOf } from './surfaces.ts'

/** Run saved inputs again, each in a process of its own. @returns whether none of them shows a fault. */
export async function replay(
  path: string,
  surfaceName: string | undefined,
  print: (line: string) => void,
): Promise<boolean> {
  let isClean = true
  const bySurface = Map.groupBy(filesOf(path), (file) => surfaceName ?? basename(dirname(file)))
  for (const [name, files] of bySurface) {
    const surface = await readySurface(surfaceOf(name))
    for (const file of files) {
      const { faults, broken } = await replayInputs(surface, [file])
      const shown = [...faults, ...(broken === undefined ? [] : [broken])]
      for (const each of shown) print(describeFinding(name, each, file))
      if (shown.length === 0) print(`${name}: ${basename(file)}: no fault`)
      else isClean = false
    }
  }
  return isClean
}
