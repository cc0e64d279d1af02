/** Limits of one case. */
export interface Limits {
  /** CPU time. */
  readonly cpuMs: number
  /** Wall time of a case that uses no CPU: a promise that nothing will settle. */
  readonly idleMs: number
  /** Resident memory of the process, with its code. */
  readonly rssMb: number
  /** V8's old space. */
  readonly heapMb: number
}

/** A function of 512 MB is the smallest that the guides recommend. */
export const LIMITS: Limits = { cpuMs: 2000, idleMs: 20_000, rssMb: 512, heapMb: 256 }
