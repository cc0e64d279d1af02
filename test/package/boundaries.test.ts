import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { LAYERS, PEER_FILES } from './support/layers.ts'
import { allSources, importsOf, lineOf, packageOf, type SourceImport } from './support/source-imports.ts'

const sources = allSources()
const files = sources.map(({ fileName }) => fileName)
const imports = sources.flatMap(importsOf)
const inner = imports.filter(({ isExternal }) => !isExternal)

/** A folder in a folder is a layer of its own where the table says so. */
const layerOf = (file: string): string => {
  const [outer = file, inner] = file.split('/')
  return `${outer}/${inner}` in LAYERS ? `${outer}/${inner}` : outer
}
const place = ({ from, line, to }: SourceImport): string => `src/${from}:${line} imports ${to}`

describe('boundaries', () => {
  test('every folder of src has its place in the table of layers', () => {
    expect(files.map(layerOf).filter((layer) => !(layer in LAYERS))).toEqual([])
  })

  test('a layer imports only the layers below it', () => {
    expect(inner.filter((one) => !isAllowedLayer(one)).map(place)).toEqual([])
  })

  test('a layer loads only its own packages: Arrow, zod, the AWS SDK stay where they belong', () => {
    expect(imports.filter((one) => one.isExternal && !isAllowedPackage(one)).map(place)).toEqual([])
  })

  test('the rooms of CSV and JSON: rows know nothing of types, columns or kernels, nor columns of kernels', () => {
    const isUp = ({ from, to }: SourceImport) =>
      (/^codecs\/(csv|json)\/read\/rows\//.test(from) && /\/read\/(types|columns|kernel)\//.test(to)) ||
      (/^codecs\/json\/read\/columns\//.test(from) && /\/read\/kernel\//.test(to)) ||
      (/^codecs\/json\/read\/\w+\//.test(from) && /^codecs\/json\/read\/[\w-]+\.ts$/.test(to))
    expect(inner.filter(isUp).map(place)).toEqual([])
  })

  test('no cycles', () => {
    expect(cycles()).toEqual([])
  })

  test('no default exports', () => {
    expect(findNodes(isDefaultExport)).toEqual([])
  })

  test('no code from strings', () => {
    expect(findNodes(isCodeFromString)).toEqual([])
  })

  test('no state of a module outlives a call: no top-level let or var', () => {
    expect(findNodes(isModuleVariable)).toEqual([])
  })

  test('the scanner itself sees every kind of import', () => {
    const text = `import a from 'a'\nimport type { B } from './b.ts'\nexport * from '../c.ts'\nconst d = await import('d')\nlet e: import('./e.ts').E\nimport { type F } from 'f'`
    const found = importsOf(ts.createSourceFile('codecs/x.ts', text, ts.ScriptTarget.Latest, true))
    expect(found.map(({ to, isType, line }) => [to, isType, line])).toEqual([
      ['a', false, 1],
      ['codecs/b.ts', true, 2],
      ['c.ts', false, 3],
      ['d', false, 4],
      ['codecs/e.ts', true, 5],
      ['f', true, 6],
    ])
  })
})

/** The layout of a kernel's records: plain numbers, imported by the kernel and by the TypeScript that calls it. */
const KERNEL_RECORD = /^\.\.\/kernels\/[\w-]+\/record\.ts$/

function isAllowedLayer({ from, to, isType, names }: SourceImport): boolean {
  if (KERNEL_RECORD.test(to)) return true
  const own = layerOf(from)
  const other = layerOf(to)
  const rule = LAYERS[own]
  if (own === other || rule?.layers.includes(other) || rule?.files?.includes(to)) return true
  const types = rule?.types?.[other]
  return isType && types !== undefined && (types.includes('*') || names.every((name) => types.includes(name)))
}

function isAllowedPackage({ from, to }: SourceImport): boolean {
  if (to.startsWith('node:')) return true
  const layer = layerOf(from)
  if (!LAYERS[layer]?.packages?.includes(packageOf(to))) return false
  return PEER_FILES[layer]?.includes(from) ?? true
}

/** Chains of imports, types included, that come back to where they began; each file is walked once. */
function cycles(): readonly string[] {
  const found: string[] = []
  const done = new Set<string>()
  const walk = (file: string, chain: readonly string[]): void => {
    if (chain.includes(file)) found.push([...chain.slice(chain.indexOf(file)), file].join(' -> '))
    if (chain.includes(file) || done.has(file)) return
    for (const { to } of inner.filter(({ from }) => from === file)) walk(to, [...chain, file])
    done.add(file)
  }
  for (const file of files) walk(file, [])
  return found
}

function findNodes(isWanted: (node: ts.Node) => boolean): readonly string[] {
  const found: string[] = []
  for (const source of sources) {
    const visit = (node: ts.Node): void => {
      if (isWanted(node)) found.push(`src/${source.fileName}:${lineOf(source, node)}`)
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
  return found
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
  )
}

function isCodeFromString(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return false
  return ts.isIdentifier(node.expression) && ['eval', 'Function'].includes(node.expression.text)
}

function isModuleVariable(node: ts.Node): boolean {
  return (
    ts.isVariableStatement(node) &&
    ts.isSourceFile(node.parent) &&
    (node.declarationList.flags & ts.NodeFlags.Const) === 0
  )
}
