/** Each chunk is handed from stage to stage: more of them would take all the time. */
const MAX_CHUNKS = 128

/** Bytes in chunks whose sizes follow from a number: single bytes of a short input. */
export async function* chunksOf(bytes: Uint8Array, seed: number): AsyncGenerator<Uint8Array> {
  const least = Math.ceil(bytes.length / MAX_CHUNKS)
  let state = seed + 1
  for (let at = 0; at < bytes.length; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    const size = seed % 16 === 0 ? 1 : 1 + ((state >> 8) % (seed % 4 === 1 ? 7 : 90))
    const chunk = bytes.slice(at, at + Math.max(size, least))
    at += chunk.length
    yield chunk
  }
}

/** All items of a stream. */
export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}
