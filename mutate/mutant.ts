import { createHash } from 'node:crypto'

/** One change to a source file that a test should notice. */
export interface Mutant {
  /** The number by which the instrumented text switches it on. */
  readonly id: string
  /** Path of the source from the root, such as `src/flow/retry.ts`. */
  readonly file: string
  /** Line of the original, counted from 1. */
  readonly line: number
  /** The line's text, trimmed. */
  readonly lineText: string
  /** The text that is replaced; of several lines the first, and dots. */
  readonly original: string
  /** The text in its place, its white space as single blanks. */
  readonly replacement: string
  /** Stryker's name for the kind of change. */
  readonly kind: string
}

const SHOWN = 100

/** The mutant without its place in the file, so that edits elsewhere in the file keep it. */
export function keyOf({ file, lineText, original, replacement }: Mutant): string {
  return JSON.stringify([file, lineText, headOf(original), headOf(replacement)])
}

/** A number in [0, 1) that depends on the mutant and the seed alone. */
export function rankOf(mutant: Mutant, seed: number): number {
  const hash = createHash('sha256')
    .update(`${seed} ${keyOf(mutant)} ${mutant.line}`)
    .digest()
  return hash.readUInt32BE(0) / 2 ** 32
}

/** `src/flow/retry.ts:12 «a < b» -> «a <= b»` */
export function describeMutant({ file, line, original, replacement }: Mutant): string {
  return `${file}:${line} «${shorten(original)}» -> «${shorten(replacement)}»`
}

/** The part of a text that a key holds and a line shows. */
export function headOf(text: string): string {
  return text.length > SHOWN ? text.slice(0, SHOWN) : text
}

function shorten(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)} ...` : text
}
