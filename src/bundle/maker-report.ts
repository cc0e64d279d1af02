import { MillraceError } from '../errors.ts'
import { type CacheFiles, FATAL } from './bootstrap.ts'
import type { CodeCache, Maker } from './maker.ts'

/** Find the error in what a maker printed, and what to do about it. Node prints one that nothing caught in its own way. */
export function reasonIn(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim())
  const fatal = lines.findLast((line) => line.startsWith(FATAL))?.slice(FATAL.length)
  const error = fatal ?? lines.findLast((line) => /^\w*Error\b/.test(line)) ?? ''
  const cure = /^(?:SyntaxError|it ended)\b/.test(error) ? '' : '; set what it needs in env'
  return error === '' ? '' : `${error.slice(0, 300)}${cure}`
}

/** Read what a maker says of its cache on the standard output. */
export function readReport(caller: string, { bundle }: CacheFiles, stdout: string): CodeCache {
  const line = stdout.split('\n').findLast((each) => each.startsWith('{"millraceCodeCache":'))
  if (line === undefined)
    throw new MillraceError(
      'BUNDLE_FAILED',
      `${caller}: ${bundle} left nothing of its cache to read; it must not close or replace the standard output`,
    )
  const { handlers, bytes, identity } = JSON.parse(line).millraceCodeCache
  if (handlers.length === 0)
    throw new MillraceError('BUNDLE_FAILED', `${caller}: ${bundle} exports no function; export the handler`)
  return { handlers, bytes, node: identity.node, platform: identity.platform, architecture: identity.arch }
}

const ARCHITECTURES = { arm64: 'arm64', x86_64: 'x64' } as const

/** Refuse a cache that the function cannot use. */
export function checkTarget(caller: string, made: CodeCache, { runtime, architecture }: Maker): void {
  if (runtime === undefined && architecture === undefined) return
  const isNode = runtime === undefined || made.node.startsWith(`v${runtime.slice('nodejs'.length, -'.x'.length)}.`)
  const isArchitecture = architecture === undefined || made.architecture === ARCHITECTURES[architecture]
  if (isNode && isArchitecture && made.platform === 'linux') return
  const target = [runtime, 'linux', architecture].filter((part) => part !== undefined).join(' ')
  const cure = `run it there, or with cache: false and its maker in Lambda's image, see https://github.com/millrace/millrace/blob/main/docs/bundle.md`
  throw new MillraceError(
    'BUNDLE_FAILED',
    `${caller}: the cache would be of Node ${made.node} ${made.platform} ${made.architecture}, and the function runs ${target}; ${cure}`,
  )
}
