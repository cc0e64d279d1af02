import { createInstrumenter, type Instrumenter } from '@stryker-mutator/instrumenter'
import type { Mutant } from './mutant.ts'

/** A source before or after the mutants are placed in it. */
export interface SourceText {
  /** Path from the root. */
  readonly file: string
  readonly text: string
}

export interface Instrumented {
  /** The texts, with every chosen mutant behind a switch that `globalThis.__stryker__.activeMutant` throws. */
  readonly sources: readonly SourceText[]
  /** The chosen mutants. */
  readonly mutants: readonly Mutant[]
}

interface Position {
  readonly line: number
  readonly column: number
}

type Collect = (file: string, original: unknown, mutable: object, offset?: Position) => unknown
type Transform = (ast: unknown, collector: object, context: unknown) => void

const OPTIONS = { plugins: null, excludedMutations: [], ignorers: [], noHeader: false }
const SILENT = { debug() {}, info() {}, warn() {}, error() {}, isDebugEnabled: () => false }

/**
 * Place mutants in sources.
 *
 * @param isChosen - called with a mutant's id and position in the order of the sources; the others leave no trace in the text.
 */
export async function instrument(
  sources: readonly SourceText[],
  isChosen: (id: string) => boolean = () => true,
): Promise<Instrumented> {
  const files = sources.map(({ file, text }) => ({ name: file, content: text, mutate: true }))
  const made = await instrumenter(isChosen).instrument(files, OPTIONS)
  const texts = new Map(sources.map(({ file, text }) => [file, text.split('\n')]))
  const mutants = made.mutants.flatMap(({ id, fileName, location: { start, end }, replacement, mutatorName }) => {
    const lines = texts.get(fileName) ?? []
    const lineText = (lines[start.line] ?? '').trim()
    const text = textBetween(lines, start, end)
    if (!isChosen(id) || isMessage(mutatorName, text)) return []
    const original = firstLine(text)
    const kind = mutatorName
    return [{ id, file: fileName, line: start.line + 1, lineText, original, replacement: oneLine(replacement), kind }]
  })
  return { sources: made.files.map(({ name, content }) => ({ file: name, text: content })), mutants }
}

/** The instrumenter, with a collector that sets aside the mutants that are not chosen. */
function instrumenter(isChosen: (id: string) => boolean): Instrumenter {
  const parts = new Map<string, unknown>()
  const injector = {
    provideValue(name: string, value: unknown) {
      parts.set(name, value)
      return injector
    },
    injectClass(Made: new (...parts: unknown[]) => Instrumenter): Instrumenter {
      const transform = parts.get('instrumenterTransform') as Transform
      const choosing: Transform = (ast, collector, context) => transform(ast, choose(collector, isChosen), context)
      return new Made(SILENT, parts.get('instrumenterCreateParser'), parts.get('instrumenterPrint'), choosing)
    },
  }
  return createInstrumenter(injector as unknown as Parameters<typeof createInstrumenter>[0])
}

function choose(collector: object, isChosen: (id: string) => boolean): object {
  const { mutants, collect } = collector as { mutants: readonly unknown[]; collect: Collect }
  const choosing: Collect = (file, original, mutable, offset) => {
    const ignored = isChosen(String(mutants.length)) ? {} : { ignoreReason: 'not chosen' }
    return collect.call(collector, file, original, { ...mutable, ...ignored }, offset)
  }
  return Object.create(collector, { collect: { value: choosing } })
}

/** The text of a message is not a promise: only its code and its detail are. */
function isMessage(kind: string, original: string): boolean {
  return kind === 'StringLiteral' && /\S \S|^` | `$/.test(original)
}

function textBetween(lines: readonly string[], start: Position, end: Position): string {
  const whole = lines.slice(start.line, end.line + 1)
  const last = whole.length - 1
  return whole
    .map((line, at) => line.slice(at === 0 ? start.column : 0, at === last ? end.column : undefined))
    .join('\n')
}

/** A block keeps its name when a statement in it changes. */
function firstLine(text: string): string {
  const [first = '', ...others] = text.split('\n')
  return others.length > 0 ? `${first.trim()} ...` : first.trim()
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
