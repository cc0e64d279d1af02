import { readFileSync } from 'node:fs'

/** What a process has used. */
export interface ProcessUse {
  readonly cpuMs: number
  readonly rssMb: number
  /** True where its main thread waits for something else than a processor. */
  readonly isAsleep: boolean
}

const TICK_MS = 10
const PAGE_MB = 4096 / 1024 ** 2

/** Read what a process uses from Linux; undefined where that cannot be read. Source: proc(5). */
export function processUse(pid: number): ProcessUse | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return {
      cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
      rssMb: Number(fields[21]) * PAGE_MB,
      isAsleep: fields[0] === 'S',
    }
  } catch {
    return undefined
  }
}
