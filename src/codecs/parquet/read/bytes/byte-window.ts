import { copyOf } from './copy-of.ts'

/** Bytes that arrive in pieces, of which only the unused ones are held. */
export interface ByteWindow {
  readonly bytes: Uint8Array
  /** Offset of the first unused byte. */
  at: number
  /** Hold at least `length` unused bytes; fewer only at the end. Returns how many are held. */
  fill(length: number): Promise<number>
  /** Free the bytes that have been used. */
  release(): void
  /** Read the rest without holding it. */
  drain(): Promise<void>
}

export function byteWindow(pieces: AsyncIterator<Uint8Array>): ByteWindow {
  let bytes: Uint8Array = new Uint8Array(0)
  let isDone = false
  return {
    get bytes() {
      return bytes
    },
    at: 0,
    async fill(length) {
      let held = bytes.length - this.at
      if (held >= length || isDone) return held
      const parts = [bytes.subarray(this.at)]
      while (held < length && !isDone) {
        const { done, value } = await pieces.next()
        isDone = done === true
        if (done !== true) {
          parts.push(value as Uint8Array<ArrayBuffer>)
          held += value.length
        }
      }
      bytes = Buffer.concat(parts, held)
      this.at = 0
      return held
    },
    release() {
      bytes = copyOf(bytes, this.at)
      this.at = 0
    },
    async drain() {
      while (!isDone) isDone = (await pieces.next()).done === true
    },
  }
}
