import type { LawSection } from '../laws.ts'
import type { Exported } from './convert.ts'

/** Facts about an export that its docstring does not have. */
export interface PageFacts {
  readonly exported: Exported
  /** The laws of the export, by section of the laws page. */
  readonly laws: readonly LawSection[]
  /** The pages that speak of it, most first. */
  readonly guides: readonly { readonly title: string; readonly route: string }[]
  /** The table of properties of an interface, by its route; undefined where it has none. */
  readonly propertiesOf: (route: string) => string | undefined
}

/** Few enough to read; the laws page has all. */
const LAWS_SHOWN = 12
const SECTIONS_SHOWN = 8
const DEFINED_IN = /^Defined in: (\[.*\]\(.*\))\n\n/gm

/** A page of TypeDoc about one export as a page of the site. */
export function referencePage(text: string, facts: PageFacts): string {
  const { exported } = facts
  const source = new RegExp(DEFINED_IN.source, 'm').exec(text)?.[1]
  const [title = '', ...rest] = text.replaceAll(DEFINED_IN, '').split('\n')
  const body = withErrorList(withOptions(rest.join('\n').trim(), facts))
  const parts = [
    frontMatter(exported.name, descriptionOf(body)),
    title,
    importLines(exported),
    body,
    promises(facts.laws),
    seeAlso(facts, source),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

export function frontMatter(title: string, description: string): string {
  return `---\ntitle: ${JSON.stringify(title)}\ndescription: ${JSON.stringify(description)}\neditLink: false\n---`
}

/** The first paragraph of prose. */
function descriptionOf(body: string): string {
  const paragraphs = body.replaceAll(/^```[\s\S]*?^```/gm, '').split(/\n{2,}/)
  const first = paragraphs.map((each) => each.trim()).find((each) => /^[^#|<\s-]/.test(each)) ?? ''
  return first
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`\\]/g, '')
}

function importLines({ name, isType, home, specifiers }: Exported): string {
  const others = specifiers.filter((each) => each !== home).map((each) => `\`${each}\``)
  const also = others.length === 0 ? '' : `\n\nAlso exported by ${others.join(', ')}.`
  return `\`\`\`ts\nimport ${isType ? 'type ' : ''}{ ${name} } from '${home}'\n\`\`\`${also}`
}

/** Put the properties of each parameter that is an object of options below the table of parameters. */
function withOptions(body: string, { propertiesOf }: PageFacts): string {
  const shown = new Set<string>()
  return body.replaceAll(/^(#{2,}) Parameters\n\n((?:\|.*\n?)+)/gm, (table: string, marks: string) => {
    const links = table.matchAll(/\[`(\w+)`\]\((\/reference\/[^)#\s]+\/types\/\w+)\)/g)
    const options = Array.from(links, ([, name = '', route = '']) => {
      const properties = shown.has(route) ? undefined : propertiesOf(route)
      shown.add(route)
      return properties === undefined ? '' : `${marks}# [${name}](${route})\n\n${properties.trim()}\n`
    })
    return [table, ...options.filter((each) => each !== '')].join('\n')
  })
}

/** Codes that a docstring separates by semicolons, as a list. */
function withErrorList(body: string): string {
  return body.replaceAll(
    /^(#{2,} Throws\n\n)([\s\S]*?)(?=\n\n#|\n*$(?![\s\S]))/gm,
    (_, heading: string, text: string) => {
      const [first = '', ...rest] = text.replace(/^MillraceError /, '').split(/;\s+(?=`[A-Z_]+`)/)
      if (rest.length === 0) return heading + text
      return heading + [first, ...rest].map((each) => `- ${each.trim().replaceAll(/\s*\n\s*/g, ' ')}`).join('\n')
    },
  )
}

/** The laws that name the export, with links to the laws page. */
function promises(sections: readonly LawSection[]): string {
  if (sections.length === 0) return ''
  const laws = sections.flatMap((section) => section.laws)
  const links = sections.map(
    ({ file, anchor }) => `[${file.replace(/^test\/|\.laws\.test\.ts$/g, '')}](/laws#${anchor})`,
  )
  const shown = laws.slice(0, LAWS_SHOWN).map((law) => `- ${escaped(law)}`)
  const more = laws.length > LAWS_SHOWN ? [`- ${laws.length - LAWS_SHOWN} more on the laws page`] : []
  const list = [...shown, ...more].join('\n')
  const intro = `Tests check each law on generated inputs. ${laws.length === 0 ? 'Laws' : 'All laws'}: ${links.slice(0, SECTIONS_SHOWN).join(', ')}.`
  return ['## What this promises', list, intro].filter((part) => part !== '').join('\n\n')
}

function seeAlso({ guides }: PageFacts, source: string | undefined): string {
  const lines = [
    ...(guides.length === 0
      ? []
      : [`- Guides: ${guides.map(({ title, route }) => `[${title}](${route})`).join(', ')}`]),
    ...(source === undefined ? [] : [`- Source: ${source}`]),
  ]
  return lines.length === 0 ? '' : `## See also\n\n${lines.join('\n')}`
}

/** Plain text as Markdown that shows it. */
function escaped(text: string): string {
  return text.replaceAll(/[<>*_[\]{}\\]/g, (character) => `\\${character}`)
}
