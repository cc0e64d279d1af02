import { CR, LF } from './row-index.ts'

/** Cuts bytes that come in pieces into physical lines. Every byte is looked at once, however many pieces a line spans. */
export interface LineCutter {
  /** The lines that end in these bytes, their line breaks included. */
  take(bytes: Uint8Array): Buffer[]
  /** What follows the last line break. */
  end(): Buffer[]
  /** Bytes of the line that has not ended yet. */
  readonly pending: number
}

export function lineCutter(): LineCutter {
  let parts: Uint8Array[] = []
  let pending = 0
  // What a carriage return ends is known only once the byte after it is.
  let endsInCr = false

  function line(last: Uint8Array): Buffer {
    const whole = Buffer.concat([...parts, last])
    parts = []
    pending = 0
    return whole
  }

  return {
    get pending() {
      return pending
    },
    take(bytes) {
      const lines: Buffer[] = []
      let start = 0
      if (endsInCr && bytes.length > 0) {
        start = bytes[0] === LF ? 1 : 0
        lines.push(line(bytes.subarray(0, start)))
        endsInCr = false
      }
      for (let at = start; at < bytes.length; at++) {
        const byte = bytes[at]
        if (byte === CR && at + 1 === bytes.length) endsInCr = true
        else if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) {
          lines.push(line(bytes.subarray(start, at + 1)))
          start = at + 1
        }
      }
      if (start < bytes.length) {
        parts.push(bytes.subarray(start))
        pending += bytes.length - start
      }
      return lines
    },
    end() {
      return pending === 0 ? [] : [line(new Uint8Array(0))]
    },
  }
}
