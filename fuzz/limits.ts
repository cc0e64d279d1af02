/** Limits of one case. */
export const LIMITS = {
  /** CPU time. */
  cpuMs: 2000,
  /** Wall time of a case that uses no CPU: a promise that nothing will settle. */
  idleMs: 20_000,
  /** Resident memory of the process, with its code. A function of 512 MB is the smallest that the guides recommend. */
  rssMb: 512,
  /** V8's old space. */
  heapMb: 256,
} as const
