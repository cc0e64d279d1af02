import type { MarkdownEnv, MarkdownRenderer } from 'vitepress'

type Token = ReturnType<MarkdownRenderer['parse']>[number]

/** A word that is no English: `dropDuplicates`, not `retry`. */
const MIXED_CASE = /[a-z][A-Z]/

type Routes = Readonly<Record<string, string>>

/**
 * A plugin of markdown-it that leads from prose to the reference. The first code span of a page that is the name of an
 * export, or a call of it, becomes a link; a heading that names exports is followed by a line of links, since a link
 * inside a heading would hide it from the search.
 */
export function codeLinks(markdown: MarkdownRenderer, routes: Routes): void {
  markdown.core.ruler.push('code-links', (state) => {
    const { relativePath = '' }: Partial<MarkdownEnv> = state.env
    if (relativePath === '' || relativePath.startsWith('reference/')) return
    const linked = new Set<string>()
    let heading: readonly string[] = []
    state.tokens = state.tokens.flatMap((token, index) => {
      if (token.type === 'inline' && state.tokens[index - 1]?.type === 'heading_open') {
        heading = token.content.split(/[^\w$]+/).filter((word) => MIXED_CASE.test(word) && Object.hasOwn(routes, word))
      } else if (token.type === 'inline') {
        token.children = withLinks(token.children ?? [], linked)
      } else if (token.type === 'heading_close' && heading.length > 0) {
        const links = heading.map((name) => `[\`${name}\`](${routes[name]})`)
        for (const name of heading) linked.add(name)
        heading = []
        return [token, ...state.md.parse(`Reference: ${links.join(', ')}`, {})]
      }
      return [token]
    })

    function withLinks(tokens: readonly Token[], done: Set<string>): Token[] {
      let depth = 0
      return tokens.flatMap((token) => {
        if (token.type === 'link_open' || token.type === 'link_close') depth += token.nesting
        const name = nameOf(token, routes)
        if (name === undefined || depth > 0 || done.has(name)) return [token]
        done.add(name)
        const open = new state.Token('link_open', 'a', 1)
        open.attrs = [['href', routes[name] ?? '']]
        return [open, token, new state.Token('link_close', 'a', -1)]
      })
    }
  })
}

/** The export that a code span names: `retry` or `retry(call)`. */
function nameOf({ type, content }: Token, routes: Routes): string | undefined {
  const name = /^[\w$]+(?=\(|$)/.exec(content)?.[0] ?? ''
  return type === 'code_inline' && Object.hasOwn(routes, name) ? name : undefined
}
