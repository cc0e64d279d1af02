import type { MarkdownRenderer } from 'vitepress'
import { drawSequence } from './draw-sequence.ts'
import { parseSequence } from './sequence.ts'

/** A plugin of markdown-it: blocks of Mermaid, which GitHub draws itself, become SVG when the site is built. */
export function diagramFences(markdown: MarkdownRenderer): void {
  const { fence } = markdown.renderer.rules
  markdown.renderer.rules.fence = (tokens, index, ...rest) => {
    const token = tokens[index]
    if (token?.info.trim() !== 'mermaid') return fence?.(tokens, index, ...rest) ?? ''
    return `<figure v-pre>${drawSequence(parseSequence(token.content))}</figure>\n`
  }
}
