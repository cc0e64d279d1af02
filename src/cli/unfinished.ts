import { rmSync, writeFileSync } from 'node:fs'
import type { Io } from './io.ts'
import { unwritable } from './write-error.ts'

/**
 * Create an empty file that is removed unless it is finished. Synchronous, so that no signal arrives between its
 * creation and its registration; open it without the flag to create.
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

/** Remove unfinished files synchronously: a signal leaves no time to wait. */
export function removeUnfinished({ unfinished }: Io): void {
  for (const path of unfinished) rmSync(path, { force: true })
  unfinished.clear()
}
