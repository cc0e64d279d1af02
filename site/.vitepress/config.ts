import { readFileSync } from 'node:fs'
import { type DefaultTheme, defineConfig } from 'vitepress'
import { codeLinks } from '../code-links.ts'
import { diagramFences } from '../diagrams/fence.ts'
import { entryPoints } from '../entry-points.ts'
import { sitePages } from '../pages.ts'
import { CACHE, CONTENT, PUBLISHED, REPOSITORY, ROUTES_FILE } from '../paths.ts'
import { folderOf } from '../reference/route.ts'
import { sidebarOf } from '../sidebar.ts'
import { slugOf } from '../slug.ts'
import { plainEmptyHeaders } from '../table-headers.ts'

const routes: Readonly<Record<string, string>> = JSON.parse(readFileSync(ROUTES_FILE, 'utf8'))

export default defineConfig({
  title: 'millrace',
  description: 'Typed pipeline primitives for data work in AWS Lambda',
  base: process.env['SITE_BASE'] ?? '/',
  srcDir: CONTENT,
  outDir: PUBLISHED,
  cacheDir: CACHE,
  cleanUrls: true,
  metaChunk: true,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  // The index of the search is one chunk, loaded when somebody searches.
  vite: { build: { chunkSizeWarningLimit: 4000 } },
  markdown: {
    anchor: { slugify: slugOf },
    config: (markdown) => {
      codeLinks(markdown, routes)
      plainEmptyHeaders(markdown)
      diagramFences(markdown)
    },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  themeConfig: {
    nav: [
      { text: 'Guides', link: '/s3-job' },
      { text: 'Reference', link: '/reference/', activeMatch: '^/reference/' },
      { text: 'Laws', link: '/laws' },
      { text: 'Benchmarks', link: '/benchmarks' },
      { text: 'Comparison', link: '/compare' },
    ],
    sidebar: { '/reference/': referenceSidebar(), '/': sidebarOf(sitePages()) as DefaultTheme.SidebarItem[] },
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    editLink: {
      pattern: ({ frontmatter }) =>
        `https://github.com/millrace/millrace/edit/main/${frontmatter['source'] ?? 'README.md'}`,
      text: 'Edit this page on GitHub',
    },
    footer: { message: 'MIT License' },
  },
})

/** Subpaths, each with its functions, then its other values; types are linked from there. */
function referenceSidebar(): DefaultTheme.SidebarItem[] {
  const isFunction = ([name]: readonly [string, string]): boolean => /^[a-z]/.test(name)
  const values = Object.entries(routes)
    .filter(([, route]) => !route.includes('/types/'))
    .sort((left, right) => Number(isFunction(right)) - Number(isFunction(left)))
  return entryPoints().map(({ specifier }) => {
    const folder = folderOf(specifier)
    const items = values
      .filter(([, route]) => route.startsWith(folder) && !route.slice(folder.length).includes('/'))
      .map(([text, link]) => ({ text, link }))
    return { text: specifier.replace(/^millrace\//, ''), link: folder, collapsed: true, items }
  })
}
