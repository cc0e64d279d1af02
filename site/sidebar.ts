import type { SitePage } from './pages.ts'

interface SidebarLink {
  readonly text: string
  readonly link: string
}

export interface SidebarGroup {
  readonly text: string
  readonly items: readonly SidebarLink[]
}

/** Files of `docs/` in reading order, without their ending. A page that no group names is the last of `Guides`. */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  Start: ['s3-job', 'streaming-etl', 'compare'],
  Guides: [
    ...['codecs', 'transforms', 'events', 'batches', 'idempotency', 'cdc', 'send'],
    ...['datasets', 'datasets-merge', 'fan-out', 'limits', 'bundle', 'telemetry', 'testing'],
  ],
  Properties: ['laws', 'benchmarks', 'architecture'],
}

/** Pages outside `docs/`, in a group of their own. */
const PROJECT = 'Project'

/** The sidebar of every page but those of the reference. */
export function sidebarOf(pages: readonly SitePage[]): readonly SidebarGroup[] {
  const shown = pages.filter(({ file, title }) => title !== '' && file !== 'README.md')
  const named = new Set(Object.values(GROUPS).flat())
  const link = ({ title, route }: SitePage): SidebarLink => ({ text: title.replace(/: .*/, ''), link: route })
  const groups = Object.entries(GROUPS).map(([text, names]) => ({
    text,
    items: [
      ...names.flatMap((name) => shown.filter(({ file }) => nameOf(file) === name)),
      ...shown.filter(({ file }) => text === 'Guides' && isGuide(file) && !named.has(nameOf(file))),
    ].map(link),
  }))
  return [...groups, { text: PROJECT, items: shown.filter(({ file }) => !isGuide(file)).map(link) }]
}

function isGuide(file: string): boolean {
  return file.startsWith('docs/')
}

function nameOf(file: string): string {
  return isGuide(file) ? file.slice('docs/'.length).replace(/\.md$/, '') : ''
}
