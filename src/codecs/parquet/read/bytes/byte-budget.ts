import { exceeded } from '../invalid.ts'

/** Counts bytes before they are allocated, and throws beyond a limit. */
export interface ByteBudget {
  take(bytes: number): void
  /** Return bytes that are no longer held. */
  release(bytes: number): void
}

export function byteBudget(maxBytes: number, rule: string): ByteBudget {
  let left = maxBytes
  return {
    take(bytes) {
      left -= bytes
      if (left < 0) throw exceeded(`${rule} ${maxBytes} bytes`)
    },
    release(bytes) {
      left += bytes
    },
  }
}
