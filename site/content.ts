import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withSiteLinks } from './links.ts'
import { routesOf, type SitePage, sitePages } from './pages.ts'
import { CONTENT, ROOT, ROUTES_FILE } from './paths.ts'
import { makeReference, routeOfExport } from './reference/write.ts'

/** Pages that list names without explaining them. */
const NO_GUIDE = /^(?:README|CHANGELOG|CONTRIBUTING|SECURITY|docs\/(?:laws|benchmarks|architecture))\b/

/** Write what VitePress reads: the pages of the repository with links of the site, their pictures, and the reference. */
export async function writeContent(): Promise<void> {
  const pages = sitePages()
  rmSync(CONTENT, { recursive: true, force: true })
  const routes = routesOf(pages)
  for (const page of pages) {
    if (page.title === '') copyPicture(page)
    else write(page.route, repositoryPage(page, withSiteLinks(textOf(page.file), page.file, routes)))
  }
  const guides = pages.filter(({ file, title }) => title !== '' && !NO_GUIDE.test(file))
  const reference = await makeReference(guides.map(({ file, route, title }) => ({ route, title, text: textOf(file) })))
  for (const [route, text] of reference.pages) write(route, text)
  const named = reference.exports.map((exported) => [exported.name, routeOfExport(exported)])
  writeFileSync(ROUTES_FILE, JSON.stringify(Object.fromEntries(named)))
}

function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

function repositoryPage({ file, title }: SitePage, text: string): string {
  const home = file === 'README.md' ? '\ntitleTemplate: false\npageClass: home' : ''
  return `---\ntitle: ${JSON.stringify(title)}\nsource: ${JSON.stringify(file)}${home}\n---\n\n${text}`
}

function write(route: string, text: string): void {
  const file = join(CONTENT, route.endsWith('/') ? `${route}index.md` : `${route}.md`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function copyPicture({ file, route }: SitePage): void {
  const target = join(CONTENT, route)
  mkdirSync(dirname(target), { recursive: true })
  copyFileSync(join(ROOT, file), target)
}
