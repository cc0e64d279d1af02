import ts from 'typescript'
import { expect, test } from 'vitest'
import { allSources } from './support/source-imports.ts'

test('every @param of a docstring names a parameter of its function, since the reference shows no other', () => {
  const strays = allSources().flatMap((source) => strayParams(source))
  expect(strays).toEqual([])
})

test('a name that is no parameter is found', () => {
  const text =
    '/**\n * @param a - one\n * @param b - other\n * @param a.c - inner\n */\nexport function f(a: { c: number }, { d }: { d: number }) { return a.c + d }\n'
  expect(strayParams(ts.createSourceFile('f.ts', text, ts.ScriptTarget.Latest, true))).toEqual([
    'f.ts: f has no parameter b',
  ])
})

function strayParams(source: ts.SourceFile): readonly string[] {
  const functions = source.statements.filter(ts.isFunctionDeclaration)
  return functions.flatMap((declared) => {
    const names = new Set(declared.parameters.map(({ name }) => name.getText(source)))
    return ts
      .getJSDocTags(declared)
      .filter(ts.isJSDocParameterTag)
      .map((tag) => tag.name.getText(source).split('.')[0] ?? '')
      .filter((name) => !names.has(name))
      .map((name) => `${source.fileName}: ${declared.name?.text} has no parameter ${name}`)
  })
}
