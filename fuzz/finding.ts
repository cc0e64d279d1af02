/** Kinds of faults: the library threw what is no `MillraceError`, two ways disagree, a case took too long or too much memory, a process ended. */
export type FaultKind = 'untyped' | 'difference' | 'slow' | 'memory' | 'crash'

/** A fault that a case has shown. */
export interface Fault {
  readonly kind: FaultKind
  /** Equal for faults that are taken to be one. */
  readonly signature: string
  readonly message: string
}

/** The fault that an error shows; undefined for one of the library's own. */
export function faultOf(error: unknown): Fault | undefined {
  if (isOwn(error)) return undefined
  if (!(error instanceof Error)) return { kind: 'untyped', signature: `thrown ${typeof error}`, message: String(error) }
  const kind = error.name === 'Difference' ? 'difference' : 'untyped'
  const frames = (error.stack ?? '')
    .split('\n')
    .flatMap((line) => /^\s+at (?:async )?([\w.$<>]+)/.exec(line)?.[1] ?? [])
  const text = error.message.split('\n', 1)[0] ?? ''
  const shape = kind === 'difference' ? text.replace(/:.*/, '') : `${error.name} ${text.replace(/["'`].*|\d+/g, '')}`
  const signature = kind === 'difference' ? shape : `${shape.slice(0, 80)} in ${frames.slice(0, 2).join(' < ')}`
  return { kind, signature, message: error.stack?.slice(0, 1500) ?? text }
}

const BRAND = Symbol.for('millrace.error')

function isOwn(error: unknown): boolean {
  return typeof error === 'object' && error !== null && BRAND in error
}
