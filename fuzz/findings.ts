import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { ROOT } from './bundle.ts'
import type { ShownFault } from './run-child.ts'

/** Path of a finding in a folder: one for each signature. */
function pathOf(folder: string, { fault }: ShownFault): string {
  const hash = createHash('sha256').update(fault.signature).digest('hex').slice(0, 8)
  return join(folder, `${fault.kind}-${hash}`)
}

/** Test whether a finding was saved before. */
export function isKnown(folder: string, shown: ShownFault): boolean {
  return existsSync(pathOf(folder, shown))
}

/** Write the input of a finding to a folder. @returns its path. */
export function saveFinding(folder: string, shown: ShownFault): string {
  mkdirSync(folder, { recursive: true })
  const path = pathOf(folder, shown)
  writeFileSync(path, shown.input)
  return path
}

/** The lines that report a finding, with the command that runs its case again. */
export function describeFinding(surface: string, { fault }: ShownFault, path: string): string {
  const file = relative(ROOT, path)
  const again = basename(dirname(path)) === surface ? '' : ` --surface ${surface}`
  return [`${surface}: ${fault.kind}: ${fault.message}`, `  npm run fuzz -- --replay ${file}${again}`].join('\n')
}

/** The files of a path: itself, or all in a folder and the folders in it. */
export function filesOf(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
}
