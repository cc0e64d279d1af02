import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compareTable } from '../../scripts/compare.ts'

const page = readFileSync(new URL('../../docs/compare.md', import.meta.url), 'utf8')

test('docs/compare.md shows the figures of docs/benchmarks.md; `npm run docs:compare` writes them', () => {
  expect(page).toContain(compareTable())
})

test('docs/compare.md has no other figures of speed, memory or size', () => {
  const prose = page.replace(compareTable(), '')
  expect(prose.match(/\d[\d.]*\s?(?:x|ms|s|MB\/s|kB|MB|GB|times|%)(?![\w-])/g) ?? []).toEqual([])
})
