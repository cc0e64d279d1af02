/** The value of an input of JSON; undefined for bytes that are none, which a mutator of JSON never makes. */
export function jsonOf(input: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString())
  } catch {
    return undefined
  }
}

export function inputOf(value: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(JSON.stringify(value) ?? 'null'))
}

/** A field of any value. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}

/** A number that chooses, from a field; 0 where it has none. */
export function choiceOf(value: unknown, name: string, count: number): number {
  const number = fieldOf(value, name)
  return typeof number === 'number' && Number.isSafeInteger(number) ? Math.abs(number) % count : 0
}
