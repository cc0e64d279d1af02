/** What S3 has been asked for. A wait longer than `stallMs` closes the connection, which makes it fail. */
export function unlessStalled<T>(asked: Promise<T>, stallMs: number, connection: AbortController): Promise<T> {
  const timer = setTimeout(() => connection.abort(), stallMs)
  return asked.finally(() => clearTimeout(timer))
}

/** The chunks of a body, each waited for in the same way. */
export async function* whileFlowing(body: AsyncIterable<Uint8Array>, stallMs: number, connection: AbortController) {
  const iterator = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      const step = await unlessStalled(iterator.next(), stallMs, connection)
      if (step.done) return
      yield step.value
    }
  } finally {
    await iterator.return?.()
  }
}
