import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessFigures {
  /** CPU time of all threads. */
  readonly cpuMs: number
  readonly residentBytes: number
  readonly peakResidentBytes: number
  /** Private memory that is mapped, resident or not: what `prlimit --data` limits. */
  readonly dataBytes: number
}

/** CPU time and memory of a process, as Linux counts them. */
export function processFigures(pid: number | undefined): ProcessFigures {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const bytesOf = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024
  const threads = readdirSync(`/proc/${pid}/task`)
  const nanoseconds = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  )
  return {
    cpuMs: nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6,
    residentBytes: bytesOf('VmRSS'),
    peakResidentBytes: bytesOf('VmHWM'),
    dataBytes: bytesOf('VmData'),
  }
}
