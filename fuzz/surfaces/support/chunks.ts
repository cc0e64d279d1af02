/** Bytes in chunks whose sizes follow from a number. */
export async function* chunksOf(bytes: Uint8Array, seed: number): AsyncGenerator<Uint8Array> {
  let state = seed + 1
  for (let at = 0; at < bytes.length; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    const size = seed % 16 === 0 ? 1 : 1 + ((state >> 8) % (seed % 4 === 1 ? 7 : 90))
    const chunk = bytes.slice(at, at + size)
    at += size
    yield chunk
  }
}

/** All items of a stream. */
export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}
