import { existsSync, globSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../../fuzz/bundle.ts'
import { SURFACES, surfaceOf } from '../../fuzz/surfaces.ts'

const sources = globSync('src/**/*.ts', { cwd: ROOT })
const MAX_CORPUS_BYTES = 300_000

test.each(SURFACES)('$name has a module, a goal, and covers files that exist', ({ name, path, goal, covers }) => {
  expect(existsSync(path)).toBe(true)
  expect(goal).toBeGreaterThan(0)
  const missing = covers.filter((start) => !sources.some((file) => file.startsWith(start)))
  expect(missing).toEqual([])
  expect(surfaceOf(name).path).toBe(path)
})

test('every module of a surface is one that a campaign runs, and a name that none has is refused', () => {
  const modules = readdirSync(join(ROOT, 'fuzz/surfaces')).filter((file) => file.endsWith('.ts'))
  expect(modules.map((file) => file.replace('.ts', '')).sort()).toEqual(SURFACES.map(({ name }) => name).sort())
  expect(() => surfaceOf('xml')).toThrow(/no surface xml; there are parquet/)
})

test('the corpus has a folder for surfaces alone, and is small', () => {
  const folders = readdirSync(join(ROOT, 'fuzz/corpus'))
  expect(folders.filter((folder) => !SURFACES.some(({ name }) => name === folder))).toEqual([])
  const files = globSync('fuzz/corpus/*/*', { cwd: ROOT })
  const bytes = files.reduce((sum, file) => sum + statSync(join(ROOT, file)).size, 0)
  expect(bytes).toBeLessThan(MAX_CORPUS_BYTES)
})
