import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COMMA, ENDS_TEXT, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './grammar.ts'
import { keyText } from './unescape.ts'

/** An object or array around a position: the key or index up to which it has been read, undefined before a key. */
interface Around {
  readonly isArray: boolean
  step: string | number | undefined
}

/** The keys and indexes that lead from the value at `start`, which is valid up to `at`, to the key or value at `at`. */
export function pathTo(bytes: Uint8Array, start: number, at: number): (string | number)[] {
  const around: Around[] = []
  for (let place = start; place <= at; place++) {
    const byte = bytes[place]
    const inner = around.at(-1)
    if (byte === QUOTE) {
      const end = closingQuote(bytes, place)
      if (end < 0) break
      const isKey = inner !== undefined && !inner.isArray && inner.step === undefined
      if (isKey && (place === at || end < at)) inner.step = keyText(bytes, place + 1, end)
      place = end
    } else if (place === at) break
    else if (byte === OPEN_BRACE) around.push({ isArray: false, step: undefined })
    else if (byte === OPEN_BRACKET) around.push({ isArray: true, step: 0 })
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) around.pop()
    else if (byte === COMMA && inner !== undefined) inner.step = inner.isArray ? Number(inner.step) + 1 : undefined
  }
  return around.flatMap(({ step }) => (step === undefined ? [] : [step]))
}

/** The offset of the quote that closes a string, -1 if it is not closed. */
function closingQuote(bytes: Uint8Array, at: number): number {
  for (;;) {
    at++
    while (ENDS_TEXT[bytes[at] as number] === 0) at++
    if (bytes[at] === QUOTE) return at
    if (bytes[at] !== BACKSLASH) return -1
    at++
  }
}
