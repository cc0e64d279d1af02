import { isAt } from './marks.ts'
import { NULL_END, type RowBlock } from './row-index.ts'

/** Marks the unquoted fields of a block that are one of `nullValues`; undefined if the empty field, which needs no mark, is the only one. */
export function nullMarker(nullValues: readonly string[]): ((block: RowBlock) => void) | undefined {
  const tokens = nullValues.filter((token) => token !== '').map((token) => new Uint8Array(Buffer.from(token)))
  if (tokens.length === 0) return undefined
  const shortest = Math.min(...tokens.map((token) => token.length))
  const longest = Math.max(...tokens.map((token) => token.length))
  return ({ bytes, bounds, rows, width, marks }) => {
    for (let field = 0; field < rows * width * 2; field += 2) {
      const start = bounds[field] as number
      const length = (bounds[field + 1] as number) - start
      if (start < 0 || length < shortest || length > longest || bytes[start - 1] === marks.lastOfQuote) continue
      if (tokens.some((token) => token.length === length && isAt(bytes, start, token))) bounds[field + 1] = NULL_END
    }
  }
}
