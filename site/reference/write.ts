import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lawSections, lawsOf } from '../laws.ts'
import { RAW_REFERENCE, ROOT } from '../paths.ts'
import { convertDocstrings, type Exported } from './convert.ts'
import { type Guide, guidesOf } from './guides.ts'
import { frontMatter, referencePage } from './page.ts'
import { folderOf, referenceRoute, withRoutes } from './route.ts'

export interface Reference {
  /** Markdown of each page, by its route. */
  readonly pages: ReadonlyMap<string, string>
  readonly exports: readonly Exported[]
}

/** The reference of the whole package, from its docstrings. */
export async function makeReference(guides: readonly Guide[]): Promise<Reference> {
  const exports = await convertDocstrings()
  const raw = rawPages()
  const sections = lawSections(textOf('docs/laws.md'))
  const pages = new Map<string, string>()
  for (const exported of exports) {
    const route = routeOfExport(exported)
    const text = raw.get(route)
    if (text === undefined) throw new Error(`TypeDoc wrote no page for ${exported.name} of ${exported.home}`)
    const laws = exported.isType ? [] : lawsOf(exported.name, exported.source, sections, textOf)
    const propertiesOf = (type: string) => propertiesIn(raw.get(type))
    pages.set(route, referencePage(text, { exported, laws, guides: guidesOf(exported, guides), propertiesOf }))
  }
  for (const [route, text] of raw) {
    if (route !== '/reference/' && route.endsWith('/')) pages.set(route, subpathPage(text, exports))
  }
  pages.set('/reference/', indexPage(exports))
  return { pages, exports }
}

function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

export function routeOfExport({ name, home, isType }: Exported): string {
  return `${folderOf(home)}${isType ? 'types/' : ''}${name}`
}

/** TypeDoc's pages by route, with links between routes. */
function rawPages(): ReadonlyMap<string, string> {
  const pages = new Map<string, string>()
  const lowerCase = new Map<string, string>()
  for (const name of readdirSync(RAW_REFERENCE, { recursive: true, encoding: 'utf8' })) {
    const path = name.replaceAll('\\', '/')
    if (!path.endsWith('.md')) continue
    const route = referenceRoute(path)
    const same = lowerCase.get(route.toLowerCase())
    if (same !== undefined) throw new Error(`${route} and ${same} are one file on some systems`)
    lowerCase.set(route.toLowerCase(), route)
    pages.set(route, withRoutes(readFileSync(join(RAW_REFERENCE, path), 'utf8'), path))
  }
  return pages
}

function propertiesIn(page: string | undefined): string | undefined {
  const table = /^## (?:Properties|Type Declaration)\n\n((?:\|.*\n?)+)/m.exec(page ?? '')?.[1]
  return table?.replaceAll(/<a id="[^"]*"><\/a> /g, '')
}

/** A subpath: its exports at home there, and the names that it takes from others. */
function subpathPage(text: string, exports: readonly Exported[]): string {
  const title = /^# (.*)$/m.exec(text)?.[1] ?? ''
  const others = exports.filter(
    ({ home, specifiers, isType }) => !isType && home !== title && specifiers.includes(title),
  )
  const links = others.map((each) => `[\`${each.name}\`](${routeOfExport(each)})`)
  const also = links.length === 0 ? '' : `\n## Exported from other subpaths, too\n\n${links.join(', ')}\n`
  const tables = text
    .replace(/^# .*\n/, '')
    .replaceAll('| - |', '| |')
    .trim()
  const sorted = tables
    .split(/^(?=## )/m)
    .sort((left, right) => rank(left) - rank(right))
    .map((part) => part.trim())
  const head = frontMatter(title, `Every export of ${title}`)
  return `${head}\n\n# ${title}\n\n${sorted.join('\n\n')}\n${also}`
}

/** Functions first, types last. */
function rank(table: string): number {
  const place = ['Functions', 'Variables', 'Classes'].findIndex((kind) => table.startsWith(`## ${kind}`))
  return place === -1 ? 3 : place
}

/** All subpaths, each with its functions and values. */
function indexPage(exports: readonly Exported[]): string {
  const homes = [...new Set(exports.flatMap(({ specifiers }) => specifiers))].sort()
  const lines = homes.map((home) => {
    const values = exports.filter((each) => each.home === home && !each.isType)
    const links = values.map((each) => `[\`${each.name}\`](${routeOfExport(each)})`)
    return `## [${home}](${folderOf(home)})\n\n${links.join(', ')}`
  })
  const intro =
    'Every export, from its docstring: parameters, cost, errors, one example that the tests run, and its laws.'
  return `${frontMatter('Reference', intro)}\n\n# Reference\n\n${intro}\n\n${lines.join('\n\n')}\n`
}
