/** Choices that the first bytes of an input make. */
export interface Choices {
  /** One of so many; the same for the same input. */
  next(count: number): number
  pick<T>(items: readonly T[]): T
}

export function choicesOf(bytes: Uint8Array): Choices {
  let at = 0
  const next = (count: number): number => (bytes[at++] ?? 0) % count
  return {
    next,
    pick<T>(items: readonly T[]): T {
      return items[next(items.length)] as T
    },
  }
}

/** An input of choices, each a byte, and what follows. */
export function withChoices(choices: readonly number[], rest: Uint8Array | string): Uint8Array {
  return new Uint8Array(Buffer.concat([Uint8Array.from(choices), Buffer.from(rest as Uint8Array)]))
}
