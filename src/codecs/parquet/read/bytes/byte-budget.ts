import { exceeded } from '../invalid.ts'

/** Counts bytes, before room is made for them, and refuses those beyond a limit. */
export interface ByteBudget {
  take(bytes: number): void
  /** Bytes that are no longer held. */
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
