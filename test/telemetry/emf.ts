/** CloudWatch's units. */
const UNIT =
  /^(Seconds|Microseconds|Milliseconds|(Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Count)(\/Second)?|Percent|None)$/
const LEVEL = /^(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)$/
const DAY_MS = 86_400_000

/**
 * What CloudWatch, or Lambda on the way, would not take of a line: the rules of the embedded metric format, and those of Lambda's JSON log format.
 *
 * @param sinceMs - the clock when the line was made: CloudWatch takes 14 days back to 2 hours ahead.
 */
export function emfProblems(line: string, sinceMs?: number): string[] {
  const problems: string[] = []
  const check = (holds: boolean, problem: string): unknown => holds || problems.push(problem)
  check(!/[\r\n]/.test(line), 'more than one line')
  check(Buffer.byteLength(line) < 64 * 1024, 'over 64 KiB')
  const root = parsed(line)
  if (root === undefined) return ['no object']
  const { Timestamp, CloudWatchMetrics } = Object(root['_aws'])
  check(Number.isSafeInteger(Timestamp) && Timestamp >= 0, `Timestamp ${Timestamp}`)
  if (sinceMs !== undefined) {
    const ahead = Timestamp - sinceMs
    check(ahead > -14 * DAY_MS && ahead < DAY_MS / 12, 'Timestamp out of range')
  }
  check(Array.isArray(CloudWatchMetrics) && CloudWatchMetrics.length > 0, 'no directive')
  for (const { Namespace, Dimensions, Metrics } of CloudWatchMetrics ?? []) {
    check(/^[^:].{0,254}$/.test(Namespace) && !Namespace.startsWith('AWS/'), `Namespace ${Namespace}`)
    check(Array.isArray(Dimensions) && Dimensions.length > 0, 'Dimensions')
    for (const set of Dimensions) {
      check(set.length <= 30 && new Set(set).size === set.length, 'a set of dimensions')
      for (const name of set) {
        check(/^[^:\P{ASCII}][\x20-\x7e]{0,249}$/u.test(name), `dimension ${name}`)
        check(Object.hasOwn(root, name) && isDimensionValue(root[name]), `value of dimension ${name}`)
      }
    }
    check(Metrics.length > 0 && Metrics.length <= 100, `${Metrics.length} metrics`)
    check(new Set(Metrics.map(({ Name }: { Name: string }) => Name)).size === Metrics.length, 'a metric twice')
    for (const { Name, Unit, StorageResolution = 60 } of Metrics) {
      check(/^.{1,255}$/.test(Name) && !Dimensions.flat().includes(Name) && Name !== '_aws', `metric ${Name}`)
      check(UNIT.test(Unit), `unit ${Unit}`)
      check([1, 60].includes(StorageResolution), 'StorageResolution')
      const values = Object.hasOwn(root, Name) ? [root[Name]].flat() : []
      check(values.length > 0 && values.length <= 100 && values.every(isMetricValue), `values of ${Name}`)
    }
  }
  check(LEVEL.test(String(root['level'])), 'level')
  check(new Date(String(root['timestamp'])).getTime() === Timestamp, 'timestamp')
  return problems
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isDimensionValue(value: unknown): boolean {
  return typeof value === 'string' && /^[\x20-\x7e]{1,1024}$/.test(value) && value.trim() !== ''
}

function isMetricValue(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= 2 ** 360
}
