import { type CodecInput, chunksOf, isByteSource, isBytes } from './source.ts'

/** The chunks of an input, from the first on, as often as they are asked for. */
export interface Replay {
  /** To be left before it is called again. */
  chunks(): AsyncGenerator<Uint8Array, void>
  /** They will not be asked for again: hold no more of them. */
  release(): void
  close(): Promise<void>
}

/** Bytes held of an input that could be read again instead. */
const MAX_HELD_BYTES = 16 * 1024 * 1024

/** Hold the chunks of an input until they are released, or so many that they are better read again where that can be done. */
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
    // A source may use the chunk's memory again.
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
