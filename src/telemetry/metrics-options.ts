import { MillraceError } from '../errors.ts'
import { checkOptions } from '../internal/check-arguments.ts'
import { metricNames } from './metrics.ts'

export interface CollectMetricsOptions {
  /** Namespace in CloudWatch, up to 255 of `A-Z a-z 0-9 . _ / # : -` and spaces; not `AWS/`. */
  readonly namespace: string
  /**
   * Up to 30, of printable ASCII: names up to 250 characters, values up to 1,024. CloudWatch bills each distinct set of
   * values as separate metrics, so name the service or the stage here, and a request, a key or a file in `properties`.
   */
  readonly dimensions?: Readonly<Record<string, string>>
  /** Fields of the line that are not metrics, to search in Logs Insights, such as `requestId`. `level` is INFO by default. */
  readonly properties?: Readonly<Record<string, string | number | boolean | null | undefined>>
  /** Writes the line, passed without a line break. Default: standard output. Its errors are reported as a process warning. */
  readonly write?: (line: string) => unknown
  /** The time of the line, as a date or milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number | Date
}

/** Options in the form of the line. */
export type LineSettings = readonly [
  namespace: string,
  dimensions: readonly (readonly [name: string, value: string])[],
  properties: readonly (readonly [name: string, value: unknown])[],
]

const ENTRY = 'collectMetrics'
const KINDS = {
  namespace: 'string',
  dimensions: 'object',
  properties: 'object',
  write: 'function',
  now: 'function',
} as const
const MAX_DIMENSIONS = 30
/** Most bytes of namespace, dimensions and properties, so that a line stays far below 64 KiB, where logs may cut it. */
const MAX_BYTES = 32 * 1024
const NAMESPACE = /^(?!:|AWS\/| +$)[\w./#: -]{1,255}$/
const DIMENSION_NAME = /^(?!:| +$)[ -~]{1,250}$/
const DIMENSION_VALUE = /^(?! +$)[ -~]{1,1024}$/
const LEVELS = /^(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)$/

/** @throws MillraceError `OPTION_INVALID`: for options that would make the line invalid or lose a metric, before anything runs. */
export function checkMetricsOptions(run: unknown, options: CollectMetricsOptions): LineSettings {
  check(typeof run === 'function', 'run must be a function')
  checkOptions(ENTRY, options, KINDS)
  const { namespace, dimensions = {}, properties = {} } = Object(options) as CollectMetricsOptions
  check(isText(namespace, NAMESPACE), 'namespace must be 1 to 255 letters, digits, spaces and ._/#:-, not AWS/')
  const own = Object.entries(dimensions)
  const others = Object.entries(properties).filter(([, value]) => value !== undefined)
  const taken = new Set([...metricNames(), '_aws', 'timestamp', 'codes'])
  const isFree = (name: string): boolean => !taken.has(name) && taken.add(name).size > 0
  for (const [name, value] of own) {
    const isValid = !/^(level|requestId)$/.test(name) && DIMENSION_NAME.test(name) && isText(value, DIMENSION_VALUE)
    check(
      isFree(name) && isValid,
      `dimension ${shown(name)} needs an unused name and text, of up to 250 and 1,024 printable ASCII`,
    )
  }
  for (const [name, value] of others) {
    const isValid = isPlain(value) && (name !== 'level' || isText(value, LEVELS))
    check(
      isFree(name) && isValid,
      `property ${shown(name)} needs an unused name and text, a finite number, true, false or null; level must be one of Lambda`,
    )
  }
  const isSmall = own.length <= MAX_DIMENSIONS && Buffer.byteLength(JSON.stringify([own, own, others])) <= MAX_BYTES
  check(isSmall, `at most ${MAX_DIMENSIONS} dimensions and, with properties, ${MAX_BYTES} bytes`)
  return [namespace, own, others]
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value)
}

function isPlain(value: unknown): boolean {
  return value === null || /^(string|boolean)$/.test(typeof value) || Number.isFinite(value)
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 40))
}

function check(holds: boolean, rule: string): void {
  if (!holds) throw new MillraceError('OPTION_INVALID', `${ENTRY}: ${rule}`)
}
