import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { ROOT } from './bundle.ts'
import type { ShownFault } from './run-child.ts'

/** Write the input of a finding to a folder. @returns its path. */
export function saveFinding(folder: string, { fault, input }: ShownFault): string {
  mkdirSync(folder, { recursive: true })
  const hash = createHash('sha256').update(fault.signature).digest('hex').slice(0, 8)
  const path = join(folder, `${fault.kind}-${hash}`)
  writeFileSync(path, input)
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
