import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './packed.ts'

/** A piece of TypeScript in a page or a docstring. */
export interface Snippet {
  /** The file that holds it, relative to the project. */
  readonly file: string
  /** Line of its first line of code, from 1. */
  readonly line: number
  readonly code: string
  /** Why it is only type-checked; undefined where it runs. */
  readonly noRun: string | undefined
  /** An example of a docstring: what the library exports is in scope without an import. */
  readonly isExample: boolean
}

/**
 * The blocks marked `ts` of a page. ` ```ts no-run <reason> ` is type-checked alone; ` ```ts continued ` goes on where the block before ended, with
 * its names in scope.
 */
export function markdownSnippets(file: string, text: string): readonly Snippet[] {
  const snippets: Snippet[] = []
  for (const match of text.matchAll(/^```(?:ts|typescript)\b[ \t]*(.*)\n([\s\S]*?)^```[ \t]*$/gm)) {
    const [, info = '', code = ''] = match
    const line = lineAt(text, match.index) + 1
    const before = snippets.at(-1)
    if (info.startsWith('continued') && before !== undefined) {
      const gap = line - before.line - (before.code.split('\n').length - 1)
      snippets[snippets.length - 1] = { ...before, code: before.code + '\n'.repeat(gap) + code }
    } else {
      snippets.push({ file, line, code, noRun: noRunReason(info), isExample: false })
    }
  }
  return snippets
}

/** The `@example`s of a source file. `@example no-run <reason>` is type-checked alone. */
export function exampleSnippets(file: string, text: string): readonly Snippet[] {
  const snippets: Snippet[] = []
  for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const lines = comment[0]
      .replace(/\s*\*\/$/, '')
      .split('\n')
      .map((line) => line.replace(/^\s*\*? ?/, ''))
    const start = lines.findIndex((line) => line.startsWith('@example'))
    if (start === -1) continue
    const length = lines.slice(start + 1).findIndex((line) => /^@\w/.test(line) && !line.startsWith('@ts-'))
    const code = lines
      .slice(start + 1, length === -1 ? undefined : start + 1 + length)
      .filter((line) => !line.startsWith('```'))
    const noRun = noRunReason((lines[start] ?? '').slice('@example'.length).trim())
    snippets.push({
      file,
      line: lineAt(text, comment.index) + start + 1,
      code: `${code.join('\n')}\n`,
      noRun,
      isExample: true,
    })
  }
  return snippets
}

/** Every snippet of README.md and the pages beside it, of `docs/` and of the docstrings of `src/`. */
export function allSnippets(): readonly Snippet[] {
  const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
  const list = (folder: string, ending: string): readonly string[] =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
      .filter((file) => file.endsWith(ending))
      .sort()
  const pages = [...readdirSync(ROOT).filter((file) => file.endsWith('.md')), ...list('docs', '.md')]
  return [
    ...pages.flatMap((file) => markdownSnippets(file, read(file))),
    ...list('src', '.ts').flatMap((file) => exampleSnippets(file, read(file))),
  ]
}

/** 1-based line of an offset. */
function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

function noRunReason(info: string): string | undefined {
  return /^no-run\b[:\s]*(.*)$/.exec(info)?.[1]
}
