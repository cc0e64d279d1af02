/** The chunks of a stream as one array. */
export async function collectBytes(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return new Uint8Array(Buffer.concat(parts))
}

/** Bytes as a stream of chunks of the given lengths. */
export async function* cutAnywhere(bytes: Uint8Array, lengths: Iterable<number>): AsyncGenerator<Uint8Array> {
  const cuts = lengths[Symbol.iterator]()
  for (let at = 0; at < bytes.length; ) {
    const { value = 1 } = cuts.next()
    yield bytes.subarray(at, at + value)
    at += value
  }
}

/** Values as a stream. */
export async function* stream<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values
}

/** The values of a stream as an array. */
export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}
