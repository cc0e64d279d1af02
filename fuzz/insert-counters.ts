import ts from 'typescript'

/** A source with a counter in each of its branches. */
export interface CountedSource {
  readonly code: string
  /** Counters inserted. */
  readonly counters: number
  /** Short literals of the source: words that an input may need. */
  readonly words: readonly string[]
}

const NAME = '__hits'
const { factory } = ts

/**
 * Insert a counter into every function, branch, loop body, clause, and right side of a logical operator.
 *
 * @param first - the number of the first counter.
 * @param hits - the module that exports the counters.
 */
export function insertCounters(text: string, first: number, hits: string): CountedSource {
  let next = first
  const words = new Set<string>()
  const count = (): ts.Expression =>
    factory.createPostfixIncrement(factory.createElementAccessExpression(factory.createIdentifier(NAME), next++))
  const inserted: ts.TransformerFactory<ts.SourceFile> = (context) => (file) =>
    ts.visitNode(file, (node) => visit(node, context, count, words)) as ts.SourceFile
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
    transformers: { before: [inserted] },
  })
  const code = `import { hits as ${NAME} } from ${JSON.stringify(hits)};\n${outputText}`
  return { code, counters: next - first, words: [...words] }
}

type Count = () => ts.Expression

function visit(node: ts.Node, context: ts.TransformationContext, count: Count, words: Set<string>): ts.Node {
  if (ts.isStringLiteral(node) && /^.{2,24}$/.test(node.text) && !node.text.endsWith('.ts')) words.add(node.text)
  if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return node
  const inner = ts.visitEachChild(node, (child) => visit(child, context, count, words), context)
  const block = (body: ts.Statement): ts.Block => {
    const statements = ts.isBlock(body) ? body.statements : [body]
    return factory.createBlock([factory.createExpressionStatement(count()), ...statements], true)
  }
  const counted = (value: ts.Expression): ts.Expression =>
    factory.createParenthesizedExpression(factory.createComma(count(), value))
  return withCounter(inner, block, counted, count)
}

function withCounter(
  node: ts.Node,
  block: (body: ts.Statement) => ts.Block,
  counted: (value: ts.Expression) => ts.Expression,
  count: Count,
): ts.Node {
  if (ts.isIfStatement(node)) {
    const otherwise = node.elseStatement && block(node.elseStatement)
    return factory.updateIfStatement(node, node.expression, block(node.thenStatement), otherwise)
  }
  if (ts.isForStatement(node))
    return factory.updateForStatement(node, node.initializer, node.condition, node.incrementor, block(node.statement))
  if (ts.isForOfStatement(node))
    return factory.updateForOfStatement(
      node,
      node.awaitModifier,
      node.initializer,
      node.expression,
      block(node.statement),
    )
  if (ts.isForInStatement(node))
    return factory.updateForInStatement(node, node.initializer, node.expression, block(node.statement))
  if (ts.isWhileStatement(node)) return factory.updateWhileStatement(node, node.expression, block(node.statement))
  if (ts.isCatchClause(node)) return factory.updateCatchClause(node, node.variableDeclaration, block(node.block))
  if (ts.isCaseClause(node) || ts.isDefaultClause(node)) {
    const statements = [factory.createExpressionStatement(count()), ...node.statements]
    return ts.isCaseClause(node)
      ? factory.updateCaseClause(node, node.expression, statements)
      : factory.updateDefaultClause(node, statements)
  }
  if (ts.isConditionalExpression(node)) {
    const { condition, questionToken, whenTrue, colonToken, whenFalse } = node
    const [one, other] = [counted(whenTrue), counted(whenFalse)]
    return factory.updateConditionalExpression(node, condition, questionToken, one, colonToken, other)
  }
  if (ts.isBinaryExpression(node) && LOGICAL.has(node.operatorToken.kind))
    return factory.updateBinaryExpression(node, node.left, node.operatorToken, counted(node.right))
  return withFunctionCounter(node, block, counted)
}

const LOGICAL: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
])

function withFunctionCounter(
  node: ts.Node,
  block: (body: ts.Statement) => ts.Block,
  counted: (value: ts.Expression) => ts.Expression,
): ts.Node {
  if (ts.isArrowFunction(node)) {
    const body = ts.isBlock(node.body) ? block(node.body) : counted(node.body)
    const { modifiers, typeParameters, parameters, type, equalsGreaterThanToken } = node
    return factory.updateArrowFunction(node, modifiers, typeParameters, parameters, type, equalsGreaterThanToken, body)
  }
  if (ts.isFunctionDeclaration(node) && node.body !== undefined) {
    const { modifiers, asteriskToken, name, typeParameters, parameters, type } = node
    const body = block(node.body)
    return factory.updateFunctionDeclaration(
      node,
      modifiers,
      asteriskToken,
      name,
      typeParameters,
      parameters,
      type,
      body,
    )
  }
  if (ts.isMethodDeclaration(node) && node.body !== undefined) {
    const { modifiers, asteriskToken, name, questionToken, typeParameters, parameters, type } = node
    return factory.updateMethodDeclaration(
      node,
      modifiers,
      asteriskToken,
      name,
      questionToken,
      typeParameters,
      parameters,
      type,
      block(node.body),
    )
  }
  return node
}
