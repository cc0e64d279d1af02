import ts from 'typescript'

/**
 * The text of a module with a check in the place of every statement that tells its value:
 *
 * - `expression // => value`, and the same after `const name = expression`: equal to the value, which may go on in the comment lines below;
 * - `console.log(expression) // => value`: equal to what is logged, each time;
 * - `expression // => throws CODE`: throws an error of that code or name.
 *
 * Lines stay where they are.
 */
export function withChecks(text: string): string {
  const source = ts.createSourceFile('snippet.ts', text, ts.ScriptTarget.Latest, true)
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = []
  const visit = (node: ts.Node): void => {
    const expectation =
      ts.isExpressionStatement(node) || ts.isVariableStatement(node) ? expectationAfter(text, node.end) : undefined
    if (expectation === undefined) {
      ts.forEachChild(node, visit)
    } else if (ts.isExpressionStatement(node)) {
      const check = checkCall(node, told(node.expression).getText(), expectation)
      edits.push({ start: node.getStart(), end: node.end, text: check })
    } else if (ts.isVariableStatement(node)) {
      const names = node.declarationList.declarations.map(({ name }) => name.getText())
      edits.push({ start: node.end, end: node.end, text: `;${checkCall(node, names.join(', '), expectation)}` })
    }
  }
  visit(source)
  return edits.reduceRight((whole, edit) => whole.slice(0, edit.start) + edit.text + whole.slice(edit.end), text)
}

/** The text after `// =>` on the line where a statement ends, and in the comment lines right below it. */
function expectationAfter(text: string, end: number): string | undefined {
  const [first = '', ...rest] = text.slice(end).split('\n')
  const found = /^\s*;?\s*\/\/ => (.*)$/.exec(first)?.[1]
  if (found === undefined) return undefined
  const length = rest.findIndex((line) => !/^\s*\/\/(?! =>)/.test(line))
  const more = rest.slice(0, length).map((line) => line.replace(/^\s*\/\//, ''))
  return [found, ...more].join('\n')
}

function checkCall(node: ts.Node, actual: string, expectation: string): string {
  const line = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line
  const thunk = mayAwait(node) ? `async () => (${actual})` : `() => (${actual})`
  const expected = expectation.replaceAll('\n', ' ')
  const code = /^throws (\w+)\s*$/.exec(expected)?.[1]
  const call =
    code === undefined ? `__check(${line}, ${thunk}, () => (${expected}))` : `__throws(${line}, ${thunk}, '${code}')`
  return mayAwait(node) ? `await ${call}` : call
}

/** The argument of `console.log`, or the expression itself. */
function told(expression: ts.Expression): ts.Expression {
  if (!ts.isCallExpression(expression) || expression.expression.getText() !== 'console.log') return expression
  return expression.arguments[0] ?? expression
}

function mayAwait(node: ts.Node): boolean {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isFunctionLike(at))
      return (
        ts.canHaveModifiers(at) && (ts.getModifiers(at) ?? []).some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)
      )
  }
  return true
}
