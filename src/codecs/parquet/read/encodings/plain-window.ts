import type { ByteWindow } from '../bytes/byte-window.ts'
import { reserve } from '../bytes/value-buffers.ts'
import { exceeded } from '../invalid.ts'
import { readByteStrings, readFixed } from './decode-plain.ts'
import type { ValueDecoder } from './decoder.ts'

/** PLAIN values of a page that is inflated piece by piece. */
export interface WindowDecoder extends ValueDecoder {
  /**
   * Hold the next `count` values or all remaining ones, in about `maxBytes`: at least one value, however long.
   *
   * @returns how many of the values are held; `count` at the end of the page, where `read` reports missing values.
   */
  hold(count: number, maxBytes: number): Promise<number>
}

/** @param width - bytes of a value; 0 for byte strings. */
export function plainWindowDecoder(window: ByteWindow, width: number, maxFieldBytes: number): WindowDecoder {
  return {
    longestValue: 0,
    read(count, into) {
      reserve(into, count)
      window.at =
        into.kind === 'bytes'
          ? readByteStrings(window.bytes, window.at, into, count)
          : readFixed(window.bytes, window.at, into, count, width)
      window.release()
    },
    hold: (count, maxBytes) =>
      width === 0 ? holdStrings(window, count, maxBytes, maxFieldBytes) : holdFixed(window, width, count, maxBytes),
  }
}

async function holdFixed(window: ByteWindow, width: number, count: number, maxBytes: number): Promise<number> {
  const wanted = Math.min(count, Math.max(1, Math.floor(maxBytes / width)))
  const held = await window.fill(wanted * width)
  return held < wanted * width ? count : wanted
}

/** Bytes requested at a time: pieces have about this size. */
const STEP_BYTES = 64 * 1024

async function holdStrings(
  window: ByteWindow,
  count: number,
  maxBytes: number,
  maxFieldBytes: number,
): Promise<number> {
  let values = 0
  // The bytes of complete values among the unused ones.
  let complete = 0
  for (;;) {
    const { bytes, at } = window
    const found = completeStrings(bytes, at + complete, count - values)
    values += found.values
    complete = found.end - at
    if (values === count || (values > 0 && complete >= maxBytes)) return values
    if (found.needed - 4 > maxFieldBytes) {
      throw exceeded(`a value is longer than ${maxFieldBytes} bytes (limits.maxFieldBytes)`)
    }
    const wanted = complete + Math.max(found.needed, STEP_BYTES)
    // The page ends within a step, or within a value: `read` finds out.
    if ((await window.fill(wanted)) < wanted) return count
  }
}

/** Count the complete values from `at` on, at most `count`; also returns their end, and the bytes of the next value. */
function completeStrings(bytes: Uint8Array, at: number, count: number) {
  let values = 0
  let needed = 4
  for (; values < count && at + 4 <= bytes.length; values++) {
    const length =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    needed = 4 + (length >>> 0)
    if (needed > bytes.length - at) break
    at += needed
    needed = 4
  }
  return { values, end: at, needed }
}
