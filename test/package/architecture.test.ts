import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { layersTable } from './support/layers.ts'

const ROOT = new URL('../../', import.meta.url)
const PAGES = ['docs/architecture.md', 'CONTRIBUTING.md', 'kernels/README.md']
/** Folders that a page may omit from the beginning of a path. */
const FOLDERS = [
  ...['', 'kernels/', 'src/', 'src/events/', 'src/idempotency/'],
  ...['src/codecs/csv/', 'src/codecs/csv/read/', 'src/codecs/parquet/', 'src/codecs/parquet/read/'],
]
/** `src/flow/retry.ts`, `columns/`: a path with a slash, but no pattern and no command. */
const PATH = /`((?:[\w.-]+\/)+[\w.-]*)`/g

const pageText = (page: string): string => readFileSync(new URL(page, ROOT), 'utf8')

test('docs/architecture.md shows the table of layers that boundaries.test.ts checks; `npm run docs:layers` writes it', () => {
  expect(pageText('docs/architecture.md')).toContain(layersTable())
})

test.each(PAGES)('every path that %s names exists', (page) => {
  const paths = Array.from(pageText(page).matchAll(PATH), ([, path = '']) => path)
  const isThere = (path: string): boolean => FOLDERS.some((folder) => existsSync(new URL(`${folder}${path}`, ROOT)))
  expect(paths.filter((path) => !isThere(path) && !path.startsWith('.kernels'))).toEqual([])
})

/** The TypeScript files of a folder, by their paths from there. */
const filesOf = (folder: string): string[] =>
  readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))

test('files of the codecs have different names, but for those of the rooms that csv and json share', () => {
  const places = new Map<string, Set<string>>()
  for (const path of filesOf('src/codecs')) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const known = places.get(name) ?? new Set()
    places.set(name, known.add(path.replace(/^(?:csv|json)\//, '')))
  }
  expect([...places].filter(([, paths]) => paths.size > 1)).toEqual([])
})

test.each(['src/codecs/csv', 'src/codecs/json', 'src/codecs/text'])(
  'docblocks in %s begin with a verb or a noun',
  (folder) => {
    const openings = filesOf(folder).flatMap((path) => {
      const blocks = pageText(`${folder}/${path}`).matchAll(/\/\*\*[\s*]+(\S+[^\n]*)/g)
      return Array.from(blocks, ([, opening = '']) => `${path}: ${opening}`)
    })
    expect(
      openings.filter((opening) => /: (?:What|Whether|How|Where|Why|When|Of|By|For|From|To) /.test(opening)),
    ).toEqual([])
  },
)
