import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a process is at, for the one that watches it: a mutant in a test with a time limit, or a call to be ended. */
export interface Activity {
  readonly mutant?: string
  readonly test?: string
  readonly limitMs?: number
  /** The process has left something behind and wants to be started again. */
  readonly wantsRestart?: boolean
  /** Tells two visits of one mutant from each other. */
  readonly count: number
}

const FILE = 'activity.json'

export function writeActivity(folder: string, activity: Activity): void {
  writeFileSync(join(folder, FILE), JSON.stringify(activity))
}

/** The last activity; undefined while it is being written. */
export function readActivity(folder: string): Activity | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, FILE), 'utf8'))
  } catch {
    return undefined
  }
}
