import type { MarkdownRenderer } from 'vitepress'

/** A plugin of markdown-it: an empty header cell, as over the names of a table's rows, is a plain cell, so that no screen reader announces it. */
export function plainEmptyHeaders(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('plain-empty-headers', ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      const [inline, close] = tokens.slice(index + 1, index + 3)
      if (token.type !== 'th_open' || inline?.content !== '' || close === undefined) continue
      token.tag = 'td'
      close.tag = 'td'
    }
  })
}
