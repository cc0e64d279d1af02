import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { allSources, importsOf, lineOf, packageOf, type SourceImport } from './support/source-imports.ts'

interface Layer {
  /** Layers of this package that it may import, beside itself. */
  readonly layers: readonly string[]
  /** Single files of other layers that it may import: what needs no peer of a layer that does. */
  readonly files?: readonly string[]
  /** Layers of which it may take types alone: the names, or `*` for all. */
  readonly types?: Readonly<Record<string, readonly string[]>>
  /** Packages that it may load. Built-in modules of Node are free for all. */
  readonly packages?: readonly string[]
}

const BASE = ['errors.ts', 'result.ts', 'internal']

/** The table of who may import whom: a layer is a folder of `src`, or a file directly in it. */
const LAYERS: Readonly<Record<string, Layer>> = {
  'errors.ts': { layers: [] },
  'result.ts': { layers: ['errors.ts'] },
  internal: { layers: ['errors.ts', 'result.ts'] },
  columns: { layers: BASE, packages: ['apache-arrow'] },
  codecs: {
    layers: [...BASE, 'columns'],
    packages: ['apache-arrow', 'csv-parse', 'hyparquet', 'hyparquet-writer', 'hysnappy'],
  },
  transform: { layers: [...BASE, 'columns'], packages: ['apache-arrow'] },
  events: { layers: BASE, packages: ['zod'] },
  s3: { layers: BASE, types: { codecs: ['ByteSource'] }, packages: ['@aws-sdk/client-s3'] },
  flow: { layers: [...BASE, 'events', 'idempotency'] },
  idempotency: { layers: BASE, packages: ['@aws-sdk/client-s3', '@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb'] },
  cdc: { layers: [...BASE, 'events'] },
  // Changes as Arrow tables, a subpath of their own: the one part of cdc that needs columns.
  'cdc/table': { layers: [...BASE, 'cdc', 'columns'], packages: ['apache-arrow'] },
  testing: {
    layers: [...BASE, 'columns', 'codecs', 'transform', 'events', 's3', 'flow', 'idempotency', 'cdc', 'cdc/table'],
    packages: ['fast-check', 'apache-arrow', 'zod'],
  },
  'index.ts': {
    layers: [...BASE, 'columns', 'codecs', 'transform', 'events', 'flow', 'idempotency', 'cdc', 'cdc/table'],
    files: ['s3/output-key.ts'],
  },
}

/** Files that alone may load an optional peer, or any file of the layer where it is not listed. */
const PEER_FILES: Readonly<Record<string, readonly string[]>> = {
  idempotency: ['idempotency/dynamodb-store.ts', 'idempotency/dynamodb-checkpoint-store.ts', 'idempotency/s3-store.ts'],
}

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

function isAllowedLayer({ from, to, isType, names }: SourceImport): boolean {
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
