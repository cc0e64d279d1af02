import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { drawSequence } from '../../site/diagrams/draw-sequence.ts'
import { parseSequence } from '../../site/diagrams/sequence.ts'
import { entryPoints } from '../../site/entry-points.ts'
import { lawSections, lawsOf } from '../../site/laws.ts'
import { siteLink, withSiteLinks } from '../../site/links.ts'
import { routesOf, sitePages } from '../../site/pages.ts'
import { REPOSITORY, ROOT } from '../../site/paths.ts'
import { referenceRoute, withRoutes } from '../../site/reference/route.ts'
import { GROUPS, sidebarOf } from '../../site/sidebar.ts'
import { slugOf } from '../../site/slug.ts'
import { manifest, subpaths } from '../package/support/packed.ts'
import { allSnippets } from '../package/support/snippets.ts'

const pages = sitePages()
const prose = pages.filter(({ title }) => title !== '')
const routes = routesOf(pages)
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const withoutCode = (text: string): string =>
  text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '`code`')

describe('pages', () => {
  test('the sidebar lists every page but the home page, once', () => {
    const links = sidebarOf(pages).flatMap(({ items }) => items.map(({ link }) => link))
    const expected = prose.map(({ route }) => route).filter((route) => route !== '/')
    expect([...links].sort()).toEqual(expected.sort())
  })

  test('the groups of the sidebar name pages that are there', () => {
    const names = Object.values(GROUPS).flat()
    expect(names.filter((name) => !existsSync(join(ROOT, 'docs', `${name}.md`)))).toEqual([])
  })

  test('no two pages have one address, also where the case of letters does not count', () => {
    const addresses = pages.map(({ route }) => route.toLowerCase())
    expect(addresses.filter((address, index) => addresses.indexOf(address) !== index)).toEqual([])
    expect(addresses.filter((address) => address.startsWith('/reference/'))).toEqual([])
  })

  test('every snippet is one that the tests of the snippets run or compile', () => {
    const tested = new Set(allSnippets().map(({ file }) => file))
    const shown = prose.filter(({ file }) => /^```(?:ts|typescript)\b/m.test(textOf(file)))
    expect(shown.map(({ file }) => file).filter((file) => !tested.has(file))).toEqual([])
  })

  test('every link to a heading of a page leads to one that is there', () => {
    const anchors = new Map(prose.map(({ file }) => [file, anchorsOf(textOf(file))]))
    const dead = prose.flatMap(({ file }) =>
      Array.from(withoutCode(textOf(file)).matchAll(/\]\(([^)\s]*)#([^)\s]+)\)/g), ([, target = '', anchor = '']) => {
        const local = target.replace(`${REPOSITORY}/blob/main/`, '')
        const path = target === '' ? file : local === target ? posix.join(posix.dirname(file), target) : local
        return anchors.get(path)?.has(anchor) === false ? [`${file}: ${target}#${anchor}`] : []
      }).flat(),
    )
    expect(dead).toEqual([])
  })
})

describe('links', () => {
  test.each([
    ['README.md', `${REPOSITORY}/blob/main/docs/codecs.md#limits`, '/codecs#limits'],
    [
      'README.md',
      `${REPOSITORY}/blob/main/examples/s3-job/handler.ts`,
      `${REPOSITORY}/blob/main/examples/s3-job/handler.ts`,
    ],
    ['README.md', `${REPOSITORY}/raw/main/docs/benchmarks.svg`, '/benchmarks.svg'],
    ['docs/cdc.md', 'codecs.md#csv', '/codecs#csv'],
    ['docs/cdc.md', '../README.md', '/'],
    ['docs/cdc.md', '../CHANGELOG.md', '/changelog'],
    ['docs/cdc.md', '../src/errors.ts#L3', `${REPOSITORY}/blob/main/src/errors.ts#L3`],
    ['docs/cdc.md', 'pictures/change-event.svg', '/pictures/change-event.svg'],
    ['docs/cdc.md', '#recipes', '#recipes'],
    ['docs/cdc.md', 'https://fast-check.dev', 'https://fast-check.dev'],
  ])('of %s: %s is %s', (file, target, expected) => {
    expect(siteLink(target, file, routes)).toBe(expected)
  })

  test('in code stay as they are', () => {
    const text = '[a](cdc.md) `[b](cdc.md)`\n```md\n[c](cdc.md)\n```\n[d](cdc.md)\n'
    expect(withSiteLinks(text, 'docs/x.md', routes)).toBe(
      '[a](/cdc) `[b](cdc.md)`\n```md\n[c](cdc.md)\n```\n[d](/cdc)\n',
    )
  })

  test.each([
    ['What is kept, and what is rejected', 'what-is-kept-and-what-is-rejected'],
    ['`csv()` & `parquet_x`', 'csv--parquet_x'],
  ])('the anchor of "%s" is that of GitHub', (heading, anchor) => {
    expect(slugOf(heading)).toBe(anchor)
  })
})

describe('reference', () => {
  test('every subpath of the package is read, from a source that is there', () => {
    expect(entryPoints().map(({ specifier }) => specifier)).toEqual(subpaths)
    expect(entryPoints().filter(({ source }) => !existsSync(join(ROOT, source)))).toEqual([])
  })

  test('no docstring hides an export from it', () => {
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    )
    const hides = /^\s*\*? ?@(?:internal|hidden|ignore|private)\b/m
    expect(sources.filter((file) => hides.test(textOf(`src/${file}`)))).toEqual([])
  })

  test('routes name subpath and export', () => {
    expect(referenceRoute('millrace/transform/functions/dropDuplicates.md')).toBe('/reference/transform/dropDuplicates')
    expect(referenceRoute('millrace/cdc/table/README.md')).toBe('/reference/cdc/table/')
    expect(referenceRoute('millrace/classes/MillraceError.md')).toBe('/reference/millrace/MillraceError')
    expect(withRoutes('[T](../interfaces/T.md#a)', 'millrace/s3/functions/f.md')).toBe('[T](/reference/s3/types/T#a)')
    expect(() => referenceRoute('millrace/s3/oddities/f.md')).toThrow('kind is unknown')
  })

  test('laws are also found by the tests that use an export, or else by its folder', () => {
    const sections = lawSections(
      '## a\n### [b](../test/a/b.laws.test.ts)\n- x: holds\n### [c](../test/c/c.laws.test.ts)\n- y: holds\n',
    )
    const files = (name: string, source: string): readonly string[] =>
      lawsOf(name, source, sections, (file) => (file.includes('/b.') ? 'decode(1)' : '')).map(({ file }) => file)
    expect(files('decode', 'src/z.ts')).toEqual(['test/a/b.laws.test.ts'])
    expect(files('encode', 'src/c/d.ts')).toEqual(['test/c/c.laws.test.ts'])
    expect(files('encode', 'src/e/d.ts')).toEqual([])
  })

  test('laws are found by their subject, and their sections have anchors of their own', () => {
    const sections = lawSections(textOf('docs/laws.md'))
    const anchors = sections.map(({ anchor }) => anchor)
    expect(new Set(anchors).size).toBe(anchors.length)
    const [own] = lawsOf('dropDuplicates', 'src/transform/drop-duplicates.ts', sections, textOf)
    expect(own?.anchor).toBe('drop-duplicates')
    expect(own?.laws.length).toBeGreaterThan(2)
    const page =
      '## a\n### [b](../test/a/b.laws.test.ts)\n- one, two: holds\n- any two: no\n### [b](../test/c/b.laws.test.ts)\n- x: two: holds\n'
    expect(lawsOf('two', 'src/z.ts', lawSections(page), () => '')).toEqual([
      { file: 'test/a/b.laws.test.ts', anchor: 'b', laws: ['one, two: holds'] },
      { file: 'test/c/b.laws.test.ts', anchor: 'b-1', laws: ['x: two: holds'] },
    ])
  })
})

describe('pictures', () => {
  const pictures = pages.filter(({ title }) => title === '').map(({ file }) => file)
  const shown = prose.flatMap(({ file }) =>
    Array.from(textOf(file).matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g), ([, alt, path = '']) => {
      const local = path.replace(/^https:.*\/main\//, '')
      return { file, alt, path: local === path ? posix.join(posix.dirname(file), path) : local }
    }),
  )

  test('each is shown by a page, with words for whoever does not see it', () => {
    expect(pictures.filter((file) => !shown.some(({ path }) => path === file))).toEqual([])
    expect(shown.filter(({ alt }) => (alt ?? '').length < 10)).toEqual([])
  })

  test.each(pictures.filter((file) => file.endsWith('.svg')))(
    '%s has a name and two schemes, and loads nothing',
    (file) => {
      const svg = textOf(file)
      expect(svg).toMatch(/<svg[^>]*role="img"/)
      expect(svg).toMatch(/<title\b[^>]*>[^<]+<\/title>|aria-label="[^"]+"/)
      expect(svg).toContain('prefers-color-scheme: dark')
      expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script|<image|@import|\bhref=/)
    },
  )

  test('every diagram of the guides can be drawn', () => {
    const diagrams = prose.flatMap(({ file }) =>
      Array.from(textOf(file).matchAll(/^```mermaid\n([\s\S]*?)^```/gm), ([, text = '']) => [file, text] as const),
    )
    for (const [file, text] of diagrams) expect(drawSequence(parseSequence(text)), file).toContain('<title>')
  })

  test('a diagram with a line that cannot be drawn is an error that names it', () => {
    expect(() => parseSequence('flowchart LR\n  A --> B')).toThrow('flowchart LR')
    expect(() => parseSequence('sequenceDiagram\n  loop forever')).toThrow('loop forever')
    expect(() => parseSequence('sequenceDiagram\n  A->>B: hello')).toThrow('no participant')
  })
})

test('the site is no part of the package', () => {
  expect(JSON.stringify(manifest)).not.toMatch(/"files":[^\]]*site/)
  expect(textOf('.gitignore')).toContain('/site/.out/')
})

/** The anchors of a page's headings, as GitHub counts them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = slugOf(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'))
    let anchor = slug
    for (let times = 1; anchors.has(anchor); times++) anchor = `${slug}-${times}`
    anchors.add(anchor)
  }
  return anchors
}
