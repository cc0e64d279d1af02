import { existsSync, readFileSync } from 'node:fs'
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
