import { rmSync, writeFileSync } from 'node:fs'
import type { Io } from './io.ts'
import { unwritable } from './write-error.ts'

/**
 * Create an empty file that is removed unless it is finished. At once, so that no signal comes between its creation and the note of it; open it without the
 * flag to create.
 *
 * @throws MillraceError `WRITE_FAILED`.
 */
export function createUnfinished(path: string, { unfinished }: Io, mode: number): void {
  try {
    writeFileSync(path, '', { flag: 'wx', mode })
    unfinished.add(path)
  } catch (cause) {
    throw unwritable(cause)
  }
}

/** Remove the files that were not finished, at once: a signal leaves no time to wait. */
export function removeUnfinished({ unfinished }: Io): void {
  for (const path of unfinished) rmSync(path, { force: true })
  unfinished.clear()
}
