import type { Exported } from './convert.ts'

/** A page of prose that may speak of exports. */
export interface Guide {
  readonly title: string
  readonly route: string
  readonly text: string
}

const SHOWN = 3

/** The guides that name an export in code, those that do so most first. */
export function guidesOf({ name }: Exported, guides: readonly Guide[]): readonly Guide[] {
  const word = new RegExp(`(?<![\\w$.'/-])${name.replaceAll('$', '\\$')}(?![\\w$'-])`, 'g')
  return guides
    .map((guide) => ({ guide, times: codeOf(guide).match(word)?.length ?? 0 }))
    .filter(({ times }) => times > 0)
    .sort((left, right) => right.times - left.times)
    .slice(0, SHOWN)
    .map(({ guide }) => guide)
}

const known = new WeakMap<Guide, string>()

/** Blocks and spans of code. */
function codeOf(guide: Guide): string {
  const code = known.get(guide) ?? (guide.text.match(/^```[\s\S]*?^```|`[^`\n]+`/gm) ?? []).join('\n')
  known.set(guide, code)
  return code
}
