import { existsSync, readFileSync } from 'node:fs'

/** Most memory that this process held. `maxRSS` begins with what its parent held, so Linux's own count is asked first. */
export function peakMemory(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : ''
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS) * 1024
}
