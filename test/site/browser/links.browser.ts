import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { entryPoints } from '../../../site/entry-points.ts'
import { PUBLISHED, REPOSITORY, ROOT, ROUTES_FILE } from '../../../site/paths.ts'
import { builtPages } from './support.ts'

interface BuiltPage {
  readonly anchors: ReadonlySet<string>
  readonly links: readonly string[]
  readonly resources: readonly string[]
}

const pages: ReadonlyMap<string, BuiltPage> = new Map(builtPages().map((path) => [path, readPage(path)]))

test('the site has the guides and the reference', () => {
  expect(pages.size).toBeGreaterThan(400)
})

test('every name that a subpath exports has a page in the reference', () => {
  const routes: Readonly<Record<string, string>> = JSON.parse(readFileSync(ROUTES_FILE, 'utf8'))
  const names = entryPoints().flatMap(({ source }) => namesIn(readFileSync(join(ROOT, source), 'utf8')))
  expect(names.length).toBeGreaterThan(400)
  expect(names.filter((name) => !Object.hasOwn(routes, name) || !pages.has(routes[name] ?? ''))).toEqual([])
})

test('a guide links the names of exports to the reference', () => {
  expect(pages.get('/transforms')?.links).toContain('/reference/transform/dropDuplicates')
})

test('every link inside the site leads to a page, and to a heading that is there', () => {
  const dead = [...pages].flatMap(([from, { links }]) =>
    links
      .map((href) => new URL(href, `http://site${from}`))
      .filter(({ host, pathname, hash }) => host === 'site' && !isThere(pathname, hash.slice(1)))
      .map(({ pathname, hash }) => `${from} -> ${pathname}${hash}`),
  )
  expect([...new Set(dead)]).toEqual([])
})

test('every link to a file of the repository leads to one that is there', () => {
  const prefix = `${REPOSITORY}/blob/main/`
  const paths = [...pages].flatMap(([from, { links }]) =>
    links.filter((href) => href.startsWith(prefix)).map((href) => [from, href.slice(prefix.length)] as const),
  )
  const missing = paths.filter(([, path]) => !existsSync(join(ROOT, path.replace(/[#?].*/, ''))))
  expect(missing.map((pair) => pair.join(' -> '))).toEqual([])
})

test('no page loads anything from another host', () => {
  const outside = [...pages].flatMap(([from, { resources }]) =>
    resources.filter((url) => /^(?:https?:)?\/\//.test(url)).map((url) => `${from}: ${url}`),
  )
  expect(outside).toEqual([])
})

test('pictures and scripts are there', () => {
  const missing = [...pages].flatMap(([from, { resources }]) =>
    resources.filter((url) => url.startsWith('/') && !existsSync(join(PUBLISHED, url))).map((url) => `${from}: ${url}`),
  )
  expect(missing).toEqual([])
})

/** The names that a source file exports by lists and declarations. */
function namesIn(source: string): readonly string[] {
  const lists = Array.from(source.matchAll(/^export (?:type )?\{([^}]*)\}/gm), ([, list = '']) => list.split(','))
  const listed = lists.flat().map((item) =>
    item
      .trim()
      .replace(/^type /, '')
      .replace(/^.* as /, ''),
  )
  const declared = Array.from(
    source.matchAll(/^export (?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm),
    ([, name = '']) => name,
  )
  return [...listed, ...declared].filter((name) => name !== '')
}

function isThere(pathname: string, anchor: string): boolean {
  const page = pages.get(decodeURIComponent(pathname))
  return page === undefined
    ? existsSync(join(PUBLISHED, pathname)) && pathname !== '/'
    : anchor === '' || page.anchors.has(decodeURIComponent(anchor))
}

function readPage(path: string): BuiltPage {
  const html = readFileSync(join(PUBLISHED, path.endsWith('/') ? `${path}index.html` : `${path}.html`), 'utf8')
  const values = (pattern: RegExp): string[] =>
    Array.from(html.matchAll(pattern), ([, value = '']) => value.replaceAll('&amp;', '&'))
  return {
    anchors: new Set(values(/\sid="([^"]*)"/g)),
    links: values(/<a\b[^>]*?\shref="([^"]*)"/g).filter((href) => href !== ''),
    resources: values(/<(?:script|link|img)\b[^>]*?\s(?:src|href)="([^"]*)"/g),
  }
}
