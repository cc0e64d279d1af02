import { slugOf } from './slug.ts'

/** One file of laws, as `docs/laws.md` shows it. */
export interface LawSection {
  /** `test/transform/drop-duplicates.laws.test.ts`. */
  readonly file: string
  readonly anchor: string
  readonly laws: readonly string[]
}

const HEADING = /^(#{1,6}) (.*)$/
const SECTION = /^\[.*?\]\(\.\.\/(.*)\)$/

/** The sections of `docs/laws.md`, with the anchors of their headings. */
export function lawSections(page: string): readonly LawSection[] {
  const sections: { file: string; anchor: string; laws: string[] }[] = []
  const used = new Map<string, number>()
  for (const line of page.split('\n')) {
    const heading = HEADING.exec(line)?.[2]
    if (heading !== undefined) {
      const slug = slugOf(heading.replace(/^\[(.*?)\]\(.*\)$/, '$1'))
      const times = used.get(slug) ?? 0
      used.set(slug, times + 1)
      const file = SECTION.exec(heading)?.[1]
      if (file !== undefined) sections.push({ file, anchor: times === 0 ? slug : `${slug}-${times}`, laws: [] })
    } else if (line.startsWith('- ')) {
      sections.at(-1)?.laws.push(line.slice(2))
    }
  }
  return sections
}

/**
 * The sections of the laws page that concern an export, each with the laws that name it as their subject: those, and that of its own source file;
 * where there are none, those whose tests use it; and else those of its folder.
 *
 * @param textOf - reads a file of the project.
 */
export function lawsOf(
  name: string,
  source: string,
  sections: readonly LawSection[],
  textOf: (file: string) => string,
): readonly LawSection[] {
  const own = `test/${source.replace(/^src\//, '').replace(/\.ts$/, '')}.laws.test.ts`
  const folder = own.slice(0, own.lastIndexOf('/') + 1)
  const all = sections.map((section) => ({ ...section, laws: section.laws.filter((law) => isSubject(name, law)) }))
  const named = all.filter(({ file, laws }) => laws.length > 0 || file === own)
  if (named.length > 0) return named
  const word = new RegExp(`\\b${name}\\b`)
  const using = all.filter(({ file }) => word.test(textOf(file)))
  return using.length > 0 ? using : all.filter(({ file }) => file.startsWith(folder))
}

/** Of `writing: toEnvelope, toRow: safe for JSON`, `toRow` is a subject. */
function isSubject(name: string, law: string): boolean {
  const lists = law.split(': ').slice(0, -1)
  return lists.some((list) => /^[\w$]+(?:, [\w$]+)*$/.test(list) && list.split(', ').includes(name))
}
