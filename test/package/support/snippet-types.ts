import { join, relative } from 'node:path'
import ts from 'typescript'
import { ROOT } from './packed.ts'
import type { Snippet } from './snippets.ts'

/** A snippet as a module of its own: an example gets one more line on top of its first line's left, which imports what it uses. */
export interface SnippetModule {
  readonly snippet: Snippet
  readonly text: string
}

export interface CheckedSnippets {
  readonly modules: readonly SnippetModule[]
  /** Messages of the compiler about each module, with the place in the file that holds the snippet. */
  readonly problems: ReadonlyMap<Snippet, readonly string[]>
  /** Values that a subpath exports and whose docstring has no example. */
  readonly withoutExample: readonly string[]
}

/** Names that examples may use without importing them. Those of calls to AWS do not run. */
const PRELUDE: ReadonlyMap<string, string> = new Map([
  ['z', `import * as z from 'zod/mini';`],
  ['fc', `import fc from 'fast-check';`],
  ['pipeline', `import { pipeline } from 'node:stream/promises';`],
  ['DynamoDBClient', `import { DynamoDBClient } from '@aws-sdk/client-dynamodb';`],
  ['S3Client', `import { S3Client } from '@aws-sdk/client-s3';`],
  ['client', `declare const client: import('@aws-sdk/client-s3').S3Client;`],
  ['batches', `declare const batches: AsyncIterable<import('apache-arrow').RecordBatch>;`],
])

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  skipLibCheck: true,
  exactOptionalPropertyTypes: true,
  types: ['node'],
  paths: {
    millrace: [join(ROOT, 'src/index.ts')],
    'millrace/idempotency/*': [join(ROOT, 'src/idempotency/*-store.ts')],
    'millrace/send/*': [join(ROOT, 'src/send/*.ts')],
    'millrace/fanout/dynamodb': [join(ROOT, 'src/fanout/gather/dynamodb-gather.ts')],
    'millrace/fanout/s3': [join(ROOT, 'src/fanout/gather/s3-gather.ts')],
    'millrace/*': [join(ROOT, 'src/*/index.ts')],
  },
}

/** Make a module of every snippet and compile them all against the sources, in one program. */
export function checkSnippets(snippets: readonly Snippet[]): CheckedSnippets {
  const sources = [...new Set(snippets.filter(({ isExample }) => isExample).map(({ file }) => join(ROOT, file)))]
  const program = ts.createProgram([...subpathIndexes(), ...sources], OPTIONS)
  const scopes = exportedNames(program)
  const modules = snippets.map((snippet) => ({ snippet, text: importLine(snippet, scopes) + snippet.code }))
  const files = new Map(modules.map((module) => [virtualName(module.snippet), module]))
  const host = ts.createCompilerHost(OPTIONS)
  const { getSourceFile, fileExists } = host
  host.fileExists = (name) => files.has(name) || fileExists(name)
  host.getSourceFile = (name, ...rest) => {
    const module = files.get(name)
    return module === undefined
      ? getSourceFile(name, ...rest)
      : ts.createSourceFile(name, module.text, OPTIONS.target ?? 99, true)
  }
  const compiled = ts.createProgram([...files.keys()], OPTIONS, host)
  const problems = new Map<Snippet, readonly string[]>()
  for (const [name, { snippet }] of files) {
    const file = compiled.getSourceFile(name)
    const found = [...compiled.getSyntacticDiagnostics(file), ...compiled.getSemanticDiagnostics(file)]
    problems.set(
      snippet,
      found.map((one) => `${placeOf(snippet, one)}: ${ts.flattenDiagnosticMessageText(one.messageText, '\n')}`),
    )
  }
  return { modules, problems, withoutExample: valuesWithoutExample(program) }
}

/** Subpaths that are a file beside their folder's index. */
const SENDERS = ['sqs', 'sns', 'kinesis', 'firehose', 'eventbridge', 'dynamodb']

type Names = ReadonlyMap<string, 'value' | 'type'>

function subpathIndexes(): readonly string[] {
  const folders = ts.sys.getDirectories(join(ROOT, 'src')).map((folder) => join(ROOT, 'src', folder, 'index.ts'))
  const senders = SENDERS.map((name) => join(ROOT, 'src/send', `${name}.ts`))
  return [join(ROOT, 'src/errors.ts'), ...folders.filter((file) => ts.sys.fileExists(file)), ...senders]
}

/** Exports of each file of a program, by the file's path. */
function exportedNames(program: ts.Program): ReadonlyMap<string, Names> {
  const names = (path: string): Names =>
    new Map(
      exportsOf(program, path).map(([name, symbol]) => [name, symbol.flags & ts.SymbolFlags.Value ? 'value' : 'type']),
    )
  return new Map(program.getRootFileNames().map((path) => [path, names(path)]))
}

function valuesWithoutExample(program: ts.Program): readonly string[] {
  const missing = subpathIndexes().flatMap((path) =>
    exportsOf(program, path)
      .filter(([, symbol]) => symbol.flags & ts.SymbolFlags.Value)
      .filter(([, symbol]) => !symbol.getJsDocTags().some((tag) => tag.name === 'example'))
      .map(([name]) => `${relative(ROOT, path)}: ${name}`),
  )
  return missing.filter((place) => !place.startsWith('src/internal/') && !place.startsWith('src/columns/'))
}

/** The names that a file exports, each with what it stands for in the end. */
function exportsOf(program: ts.Program, path: string): readonly (readonly [string, ts.Symbol])[] {
  const checker = program.getTypeChecker()
  const file = program.getSourceFile(path)
  const symbol = file && checker.getSymbolAtLocation(file)
  const symbols = symbol === undefined ? [] : checker.getExportsOfModule(symbol)
  return symbols.map((one) => [one.name, one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one])
}

/** Imports, in one line, of the names that an example uses and does not declare: its own file's first, then those of the subpaths. */
function importLine(snippet: Snippet, scopes: ReadonlyMap<string, Names>): string {
  if (!snippet.isExample) return ''
  const wanted = freeNames(snippet.code)
  const own = join(ROOT, snippet.file)
  const ordered = [own, ...[...scopes.keys()].filter((path) => path !== own && subpathIndexes().includes(path))]
  let line = [...wanted].map((name) => PRELUDE.get(name) ?? '').join('')
  for (const path of ordered) {
    const found = [...wanted].filter((name) => scopes.get(path)?.has(name))
    for (const name of found) wanted.delete(name)
    const specifiers = found.map((name) => (scopes.get(path)?.get(name) === 'type' ? `type ${name}` : name))
    if (found.length > 0) line += `import { ${specifiers.join(', ')} } from ${JSON.stringify(path)};`
  }
  return line
}

function freeNames(code: string): Set<string> {
  const used = new Set<string>()
  const declared = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) (isDeclaredName(node) ? declared : used).add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true))
  return new Set([...used].filter((name) => !declared.has(name)))
}

function isDeclaredName(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent)) return true
  const isDeclaration =
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isFunctionDeclaration(parent)
  return isDeclaration && parent.name === node
}

function virtualName({ file, line }: Snippet): string {
  return join(ROOT, '.snippets', `${file.replaceAll('/', '-')}-${line}.ts`)
}

function placeOf({ file, line }: Snippet, { file: module, start }: ts.Diagnostic): string {
  const offset = module === undefined || start === undefined ? 0 : module.getLineAndCharacterOfPosition(start).line
  return `${file}:${line + offset}`
}
