import { type CodecInput, chunksOf, isByteSource, isBytes } from './source.ts'

/** The chunks of an input from the start, as often as requested. */
export interface Replay {
  /** End the iteration before calling it again. */
  chunks(): AsyncGenerator<Uint8Array, void>
  /** Stop holding chunks: they will not be requested again. */
  release(): void
  close(): Promise<void>
}

/** Most bytes held of an input that could be read again instead. */
const MAX_HELD_BYTES = 16 * 1024 * 1024

/** Hold the chunks of an input until they are released, or until reading them again, if possible, costs less. */
export function replay(input: CodecInput): Replay {
  const canReadAgain = isBytes(input) || isByteSource(input)
  let live = liveChunks(input)
  let held: Uint8Array[] | undefined = []
  let heldBytes = 0

  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    if (held === undefined) {
      await live.return()
      live = liveChunks(input)
    }
    let given = held ?? []
    yield* given
    given = []
    for (let next = await live.next(); next.done !== true; next = await live.next()) {
      hold(next.value)
      yield next.value
    }
  }

  function hold(chunk: Uint8Array): void {
    if (held === undefined) return
    heldBytes += chunk.length
    if (canReadAgain && heldBytes > MAX_HELD_BYTES) held = undefined
    // A source may reuse the chunk's memory.
    else held.push(isByteSource(input) ? chunk.slice() : chunk)
  }

  return {
    chunks,
    release() {
      held = undefined
    },
    async close() {
      await live.return()
    },
  }
}

async function* liveChunks(input: CodecInput): AsyncGenerator<Uint8Array, void> {
  yield* chunksOf(input, { reuse: true })
}
