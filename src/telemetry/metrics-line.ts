import { unitOf } from './metrics.ts'
import type { LineSettings } from './metrics-options.ts'
import type { Totals } from './totals.ts'

/**
 * Format one line of CloudWatch's embedded metric format: a single JSON object, for standard output.
 *
 * `level` and `timestamp` are those of Lambda's JSON log format, which uses them to filter.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsLine([namespace, dimensions, properties]: LineSettings, totals: Totals, ms: number): string {
  const names = [...totals.metrics.keys()]
  const directive = {
    Namespace: namespace,
    Dimensions: [dimensions.map(([name]) => name)],
    Metrics: names.map((Name) => ({ Name, Unit: unitOf(Name) })),
  }
  // From pairs, since a property may be called __proto__; JSON omits undefined values.
  const line = Object.fromEntries<unknown>([
    ['_aws', { Timestamp: ms, CloudWatchMetrics: [directive] }],
    ['level', 'INFO'],
    ['timestamp', new Date(ms).toISOString()],
    ['requestId', totals.requestId],
    ['codes', totals.codes.size > 0 ? Object.fromEntries(totals.codes) : undefined],
    ...dimensions,
    ...totals.metrics,
    ...properties,
  ])
  return JSON.stringify(line)
}
