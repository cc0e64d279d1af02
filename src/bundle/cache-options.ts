import { MillraceError } from '../errors.ts'
import { checkChoice } from '../internal/check-choice.ts'
import type { Maker } from './maker.ts'

/** Options of the making of a code cache. */
export interface CodeCacheOptions {
  /**
   * File of a module that exports `warmUp(bundle)`: it is called with what the handler's module exports, and what runs in it is in the cache
   * compiled. Without it that is what runs when the module is loaded.
   */
  readonly warmUp?: string
  /** Path of the Node that makes the cache, which is the one that can use it; the one of this process when absent. */
  readonly node?: string
  /** Environment of the warm-up, in addition to that of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** Lambda's name of the Node that the function runs on, `nodejs24.x`: a cache of another one is refused. */
  readonly runtime?: string
  /** The function's architecture: a cache of another one is refused. */
  readonly architecture?: 'arm64' | 'x86_64'
  /** Milliseconds after which the warm-up is ended; 60,000 when absent. */
  readonly timeoutMs?: number
}

export const MAKER_KINDS = {
  warmUp: 'text',
  node: 'text',
  env: 'object',
  runtime: 'string',
  architecture: 'string',
  timeoutMs: 'number',
} as const

const TIMEOUT_MS = 60_000

/** The maker that options ask for. */
export function makerOf(caller: string, options: CodeCacheOptions): Maker {
  const { node = process.execPath, env = {}, runtime, architecture, timeoutMs = TIMEOUT_MS } = options
  if (runtime !== undefined && !/^nodejs\d+\.x$/.test(runtime))
    throw new MillraceError('OPTION_INVALID', `${caller}: runtime must be a name such as nodejs24.x`)
  if (architecture !== undefined) checkChoice(`${caller}: architecture`, architecture, ['arm64', 'x86_64'])
  if (!(Number.isInteger(timeoutMs) && timeoutMs > 0 && timeoutMs < 2 ** 31))
    throw new MillraceError('OPTION_INVALID', `${caller}: timeoutMs must be a whole number over 0 and under 2^31`)
  if (Object.values(env).some((value) => typeof value !== 'string' || value.includes('\0')))
    throw new MillraceError('OPTION_INVALID', `${caller}: env must have only strings without NUL`)
  return { node, env, timeoutMs, runtime, architecture }
}
