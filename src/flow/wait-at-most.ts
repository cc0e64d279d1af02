import { MAX_TIMER_MS } from './remaining-time.ts'

/** Wait for a promise, but not longer than some milliseconds; a later outcome is ignored. */
export async function waitAtMost(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const passed = new Promise((resolve) => {
    if (ms <= MAX_TIMER_MS) timer = setTimeout(resolve, ms)
  })
  try {
    await Promise.race([promise, passed])
  } finally {
    clearTimeout(timer)
  }
}
