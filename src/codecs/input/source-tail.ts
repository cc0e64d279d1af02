/** A source on its way into an engine that may stop before its end. */
export interface SourceTail {
  /** The bytes, for the engine. Ending the iteration early does not close the source. */
  chunks(): AsyncIterable<Uint8Array>
  /** Read what the engine left; resolves to the offset after the last non-zero byte. */
  contentEnd(): Promise<number>
  close(): void
}

/** Track the bytes of a source after an engine's end, without holding them. */
export function sourceTail(source: AsyncIterable<Uint8Array>): SourceTail {
  const iterator = source[Symbol.asyncIterator]()
  let isDone = false
  let end = 0
  let contentEnd = 0
  const next = async (): Promise<Uint8Array | undefined> => {
    const { done, value: chunk } = await iterator.next()
    if (done === true) {
      isDone = true
      return undefined
    }
    for (let at = chunk.length; at > 0; at--) {
      if (chunk[at - 1] === 0) continue
      contentEnd = end + at
      break
    }
    end += chunk.length
    return chunk
  }
  return {
    async *chunks() {
      for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk
    },
    async contentEnd() {
      while (!isDone) await next()
      return contentEnd
    },
    close() {
      // Not awaited: a source that is busy with a chunk closes once it has arrived.
      if (!isDone) iterator.return?.().then(undefined, () => {})
    },
  }
}
