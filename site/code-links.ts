import type { MarkdownEnv, MarkdownRenderer } from 'vitepress'

type Token = ReturnType<MarkdownRenderer['parse']>[number]

/**
 * A plugin of markdown-it: the first code span of a page that is the name of an export links to its page of the reference.
 */
export function codeLinks(markdown: MarkdownRenderer, routes: Readonly<Record<string, string>>): void {
  markdown.core.ruler.push('code-links', (state) => {
    const { relativePath = '' }: Partial<MarkdownEnv> = state.env
    if (relativePath.startsWith('reference/')) return
    const linked = new Set<string>()
    for (const [index, token] of state.tokens.entries()) {
      if (token.type !== 'inline' || state.tokens[index - 1]?.type === 'heading_open') continue
      token.children = withLinks(token.children ?? [], linked)
    }

    function withLinks(tokens: readonly Token[], done: Set<string>): Token[] {
      let depth = 0
      return tokens.flatMap((token) => {
        if (token.type === 'link_open' || token.type === 'link_close') depth += token.nesting
        const name = token.content.replace(/\(\)$/, '')
        const route = Object.hasOwn(routes, name) ? routes[name] : undefined
        if (token.type !== 'code_inline' || depth > 0 || route === undefined || done.has(name)) return [token]
        done.add(name)
        const open = new state.Token('link_open', 'a', 1)
        open.attrs = [['href', route]]
        return [open, token, new state.Token('link_close', 'a', -1)]
      })
    }
  })
}
