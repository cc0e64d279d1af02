import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** One import of one file, static or dynamic, re-exports and `import('x').T` types included. */
export interface SourceImport {
  /** The importing file, relative to `src`, with forward slashes. */
  readonly from: string
  /** The imported file relative to `src`, or the package or built-in as it is written. */
  readonly to: string
  readonly isExternal: boolean
  /** True where nothing of it is left at run time. */
  readonly isType: boolean
  readonly names: readonly string[]
  readonly line: number
}

const SRC = fileURLToPath(new URL('../../../src/', import.meta.url))

/** Every source file of `src`, parsed; `fileName` is relative to `src`, with forward slashes. */
export function allSources(): readonly ts.SourceFile[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replaceAll('\\', '/'))
    .sort()
    .map((file) => ts.createSourceFile(file, readFileSync(join(SRC, file), 'utf8'), ts.ScriptTarget.Latest, true))
}

/** Every import of `src`. */
export function allImports(): readonly SourceImport[] {
  return allSources().flatMap(importsOf)
}

/** The package of a specifier: `csv-parse/sync` is of `csv-parse`. */
export function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

/** Every import of a file, in order. */
export function importsOf(source: ts.SourceFile): readonly SourceImport[] {
  const found: SourceImport[] = []
  const add = (node: ts.Node, specifier: string, isType: boolean, names: readonly string[]): void => {
    const isExternal = !specifier.startsWith('.')
    const to = isExternal ? specifier : relative('.', join(dirname(source.fileName), specifier)).replaceAll('\\', '/')
    found.push({ from: source.fileName, to, isExternal, isType, names, line: lineOf(source, node) })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node, node.moduleSpecifier.text, isTypeImport(node.importClause), importedNames(node.importClause))
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      const elements = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : []
      const isType = node.isTypeOnly || (elements.length > 0 && elements.every((element) => element.isTypeOnly))
      add(node, node.moduleSpecifier.text, isType, elements.length > 0 ? elements.map(originalName) : ['*'])
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      if (ts.isStringLiteral(node.argument.literal))
        add(node, node.argument.literal.text, true, [node.qualifier?.getText() ?? '*'])
    } else if (ts.isCallExpression(node) && isModuleCall(node.expression)) {
      const [specifier] = node.arguments
      add(node, specifier && ts.isStringLiteralLike(specifier) ? specifier.text : '(computed)', false, ['*'])
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** 1-based line of a node. */
export function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  if (clause.name !== undefined || clause.namedBindings === undefined) return false
  return (
    ts.isNamedImports(clause.namedBindings) &&
    clause.namedBindings.elements.length > 0 &&
    clause.namedBindings.elements.every((element) => element.isTypeOnly)
  )
}

function importedNames(clause: ts.ImportClause | undefined): readonly string[] {
  const bindings = clause?.namedBindings
  const named = bindings && ts.isNamedImports(bindings) ? bindings.elements.map(originalName) : bindings ? ['*'] : []
  return clause?.name === undefined ? named : ['default', ...named]
}

function originalName(element: ts.ImportSpecifier | ts.ExportSpecifier): string {
  return (element.propertyName ?? element.name).text
}

function isModuleCall(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
}
