import type { Channels } from '../internal/channels.ts'

/** The operations from which metrics are derived. */
export type MetricChannel = Exclude<keyof Channels, 'record' | 'source' | 'sink'>

/** A metric, and the value that an operation of its channel adds: undefined if it has none. */
export type Metric = readonly [name: string, amountIn: (message: Readonly<Record<string, unknown>>) => unknown]

/**
 * Metrics by channel, and their field in its messages: the last word of the name, unless another field follows.
 * `field=text` counts the messages with that value, `*` the operations. A metric of two channels is one sum.
 */
export const METRICS: Readonly<Record<MetricChannel, string>> = {
  read: 'RowsRead:rows BytesRead:bytes RowsRefused',
  write: 'RowsWritten:rows BytesWritten:bytes',
  transform: 'RowsIn:rowsIn RowsOut:rowsOut',
  batch:
    'Records RecordsSucceeded RecordsFailed RecordsQuarantined RecordsSkipped DeadlineHits:deadlineHit=true IteratorAge:iteratorAgeMs',
  idempotent: 'Replays:outcome=replayed Takeovers:outcome=taken-over LeasesLost:outcome=lease-lost',
  retry: 'Retries:attempts',
  deadline: 'DeadlineHits:*',
  send: 'EntriesSent EntriesRefused EntriesFailed EntriesUnknown Requests',
  split: 'Splits:*',
}

/** The metric of a failed run, in every line, so that no line is without a metric. */
export const RUNS_FAILED = 'RunsFailed'

/** The only metric whose maximum counts, not the sum. */
export const LARGEST = 'IteratorAge'

/** The metrics of a channel. */
export function metricsOf(channel: MetricChannel): readonly Metric[] {
  return METRICS[channel].split(' ').map((entry) => {
    const [name = '', given, text] = entry.split(/[:=]/)
    const field = given ?? name.replace(/.*(?=[A-Z])/, '').toLowerCase()
    return [name, (message) => (field === '*' ? 1 : amountOf(message[field], field, text))]
  })
}

function amountOf(value: unknown, field: string, text: string | undefined): unknown {
  if (text) return Number(String(value) === text)
  // The first attempt is not a retry.
  if (field === 'attempts') return Number(value) - 1
  if (typeof value !== 'object') return value
  // Rows by code.
  return Object.values(Object(value)).reduce((sum: number, each) => sum + Number(each), 0)
}

/** CloudWatch's name for the unit of a metric. */
export function unitOf(name: string): 'Count' | 'Bytes' | 'Milliseconds' {
  return name === LARGEST ? 'Milliseconds' : name.startsWith('Bytes') ? 'Bytes' : 'Count'
}

/** The names of all metrics. */
export function metricNames(): readonly string[] {
  const channels = Object.keys(METRICS) as MetricChannel[]
  return [RUNS_FAILED, ...channels.flatMap((channel) => metricsOf(channel).map(([name]) => name))]
}
