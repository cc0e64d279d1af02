import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { allSources } from './support/source-imports.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Folders of tests that go across the package, and of helpers for several folders. */
const ACROSS = ['conformance', 'crash', 'examples', 'fuzz', 'package', 'real', 'servers', 'site', 'support']

/** Files of `test`, relative to it: tests, and their helpers. */
const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && !file.startsWith('package/'))
const testFiles = files.filter((file) => file.endsWith('.test.ts'))
const texts = new Map(files.map((file) => [file, readFileSync(join(ROOT, 'test', file), 'utf8')]))

describe('test/ mirrors src/', () => {
  test('every folder of tests is a folder of src, or one of those that go across the package', () => {
    const folders = new Set(testFiles.map((file) => dirname(file)).filter((folder) => folder !== '.'))
    const strays = [...folders].filter(
      (folder) => !ACROSS.includes(folder.split('/')[0] ?? '') && !existsSync(join(ROOT, 'src', folder)),
    )
    expect(strays).toEqual([])
  })

  test('every value that an index exports is used in the tests of its folder, or its source file has tests of its name', () => {
    const untested = publicValues()
      .filter(({ file }) => !hasOwnTest(file))
      .flatMap(({ file, names }) => names.map((name) => ({ file, name })))
      .filter(({ file, name }) => !isUsedInTests(dirname(file), name))
      .map(({ file, name }) => `${file}: ${name}`)
    expect(untested).toEqual([])
  })
})

/** The values that an index exports from a file of its own folder, or of one below. */
function publicValues(): readonly { readonly file: string; readonly names: readonly string[] }[] {
  const indexes = allSources().filter(({ fileName }) => /.\/index\.ts$/.test(fileName))
  return indexes.flatMap(({ fileName, statements }) =>
    statements.filter(ts.isExportDeclaration).flatMap(({ isTypeOnly, exportClause, moduleSpecifier }) => {
      if (isTypeOnly || !moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) return []
      const file = join(dirname(fileName), moduleSpecifier.text).replaceAll('\\', '/')
      if (!file.startsWith(`${dirname(fileName)}/`) || !exportClause || !ts.isNamedExports(exportClause)) return []
      const names = exportClause.elements.filter((element) => !element.isTypeOnly).map(({ name }) => name.text)
      return [{ file, names }]
    }),
  )
}

/** `transform/add-columns.ts` by `transform/add-columns.test.ts`, `.laws.test.ts` or `.types.test.ts`. */
function hasOwnTest(file: string): boolean {
  const stem = file.replace(/\.ts$/, '')
  return testFiles.some((path) => path.startsWith(`${stem}.`))
}

/** Check that tests of a folder, or their helpers, use a name. Exports of `millrace/testing` help the tests of every folder. */
function isUsedInTests(folder: string, name: string): boolean {
  const word = new RegExp(`\\b${name}\\b`)
  const scope = folder.startsWith('testing') ? '' : `${folder}/`
  return [...texts].some(([file, text]) => file.startsWith(scope) && word.test(text))
}
