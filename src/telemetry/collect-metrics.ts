import { AsyncLocalStorage } from 'node:async_hooks'
import { channels } from '../internal/channels.ts'
import { METRICS, type MetricChannel, metricsOf, RUNS_FAILED } from './metrics.ts'
import { metricsLine } from './metrics-line.ts'
import { type CollectMetricsOptions, checkMetricsOptions } from './metrics-options.ts'
import { addMessage, createTotals, type Totals } from './totals.ts'

export type { CollectMetricsOptions } from './metrics-options.ts'

/**
 * Run a job and write its metrics as one line of CloudWatch's embedded metric format, from which CloudWatch creates metrics.
 *
 * The line sums up the operations that began in the async context of `run` and ended before it did: metrics of the
 * operations that ran, and `RunsFailed`, 0 or 1. It is written even if `run` fails. Standard output gets it complete
 * with both log formats of Lambda.
 *
 * @param run - the job. Concurrent jobs each see only their own operations; those of a nested job are seen by both.
 * @param options.namespace - namespace of the metrics in CloudWatch.
 * @param options.dimensions - dimensions of the metrics, such as `{ service: 'orders' }`. Each set of values is billed.
 * @returns the result of `run`, even if the line cannot be written, or the clock fails. O(operations).
 * @throws MillraceError `OPTION_INVALID` or `TYPE_MISMATCH` before `run` is called, for options that would make the line invalid or hide a
 * metric. Otherwise the error of `run`.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * @example
 * const lines: string[] = []
 * const options = { namespace: 'Orders', dimensions: { service: 'import' }, write: (line: string) => lines.push(line) }
 * await collectMetrics(async () => decodeCsv(new TextEncoder().encode('id\n1\n2\n')), options)
 * JSON.parse(lines[0] ?? '').RowsRead // => 2
 */
export async function collectMetrics<T>(run: () => PromiseLike<T> | T, options: CollectMetricsOptions): Promise<T> {
  const settings = checkMetricsOptions(run, options)
  const { write = writeLine, now = Date.now } = options
  const totals = createTotals()
  const collector = startCollector(totals)
  try {
    return await collector.run(run)
  } catch (error) {
    totals.metrics.set(RUNS_FAILED, 1)
    throw error
  } finally {
    collector.stop()
    try {
      const written = write(metricsLine(settings, totals, timeOf(now())))
      Promise.resolve(written).catch(warn)
    } catch {
      warn()
    }
  }
}

/** Subscribes to all channels, and sums up operations that begin in the context of `run`. */
function startCollector(totals: Totals) {
  // One per run: subscribers are called in the context of the publisher.
  const storage = new AsyncLocalStorage<true>()
  const begun = new WeakSet<object>()
  const onStart = quietly((message) => {
    if (storage.getStore() === true) begun.add(message)
  })
  const subscriptions = (Object.keys(METRICS) as MetricChannel[]).map((name) => {
    const sums = metricsOf(name)
    const onEnd = quietly((message) => {
      if (begun.delete(message)) addMessage(totals, sums, message)
    })
    const subscribers = { start: onStart, asyncEnd: onEnd }
    channels[name].subscribe(subscribers as never)
    return () => channels[name].unsubscribe(subscribers as never)
  })
  return {
    run: <T>(work: () => T): T => storage.run(true, work),
    stop: (): void => {
      for (const unsubscribe of subscriptions) unsubscribe()
      // Before Node 24, every later promise carries a store that is not disabled.
      storage.disable()
    },
  }
}

/** Wrap a subscriber so that it never throws: Node would end the process on the next tick. */
function quietly(subscriber: (message: object) => void) {
  return (message: unknown): void => {
    try {
      subscriber(message as object)
    } catch {
      // A hostile message; the run continues.
    }
  }
}

/** Write without the console, which prefixes the time or wraps the line in another object, depending on the log format. */
function writeLine(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Whole milliseconds in the range of a date; those of the system if the given clock returns none. */
function timeOf(given: number | Date): number {
  const ms = Math.floor(Number(given))
  return ms >= 0 && ms <= 8.64e15 ? ms : Date.now()
}

function warn(): void {
  process.emitWarning('metrics could not be written', { code: 'MILLRACE_METRICS_LOST' })
}
