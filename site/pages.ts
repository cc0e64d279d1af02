import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Routes } from './links.ts'
import { ROOT } from './paths.ts'

/** A page or a picture of the repository that the site shows. */
export interface SitePage {
  /** Its path in the repository: `docs/cdc.md`. */
  readonly file: string
  /** Its path on the site: `/cdc`. */
  readonly route: string
  /** The first heading; empty for a picture. */
  readonly title: string
}

const PICTURE = /\.(?:svg|png|jpg|gif|webp)$/

/** Every Markdown page of the project's own folder and of `docs/`, and every picture of `docs/`. */
export function sitePages(): readonly SitePage[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  const files = [...readdirSync(ROOT), ...docs.map((name) => `docs/${name.replaceAll('\\', '/')}`)]
  return files
    .filter((file) => file.endsWith('.md') || (file.startsWith('docs/') && PICTURE.test(file)))
    .sort()
    .map((file) => ({ file, route: routeOf(file), title: file.endsWith('.md') ? titleOf(file) : '' }))
}

export function routesOf(pages: readonly SitePage[]): Routes {
  return new Map(pages.map(({ file, route }) => [file, route]))
}

/** `README.md` is the home page, `CHANGELOG.md` `/changelog`, `docs/cdc.md` `/cdc`. */
function routeOf(file: string): string {
  if (file === 'README.md') return '/'
  if (!file.startsWith('docs/')) return `/${file.replace(/\.md$/, '').toLowerCase()}`
  return `/${file.slice('docs/'.length).replace(/(?:(^|\/)(?:index|README))?\.md$/, '$1')}`
}

function titleOf(file: string): string {
  const title = /^# (.+)$/m.exec(readFileSync(join(ROOT, file), 'utf8'))?.[1]
  if (title === undefined) throw new Error(`${file} has no first heading: write one, "# Title"`)
  return title.replaceAll('`', '')
}
