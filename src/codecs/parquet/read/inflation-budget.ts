import { exceeded } from './invalid.ts'

/** Counts what the pages of a file inflate to, before room is made for them. */
export interface InflationBudget {
  take(bytes: number): void
}

export function inflationBudget(maxBytes: number): InflationBudget {
  let left = maxBytes
  return {
    take(bytes) {
      left -= bytes
      if (left < 0) throw exceeded(`the file inflates to more than ${maxBytes} bytes (limits.maxInflatedBytes)`)
    },
  }
}
