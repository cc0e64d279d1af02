import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { type BatchMessage, channels, type ReadMessage } from 'millrace/telemetry'

/** Add counts of batches and of files read to Powertools Metrics. Returns a function that stops. */
export function addToPowertools(metrics: Metrics): () => void {
  const { batch, read } = channels
  // An error thrown by a subscriber would end the process, and Powertools throws on invalid values.
  const add = (name: string, unit: Parameters<Metrics['addMetric']>[1], value: number): void => {
    try {
      metrics.addMetric(name, unit, value)
    } catch (error) {
      console.warn('a metric was not added', error)
    }
  }
  const onBatch = (message: unknown): void => {
    const { records, failed, quarantined, iteratorAgeMs } = message as BatchMessage
    add('Records', MetricUnit.Count, records)
    add('RecordsFailed', MetricUnit.Count, failed)
    add('RecordsQuarantined', MetricUnit.Count, quarantined)
    if (iteratorAgeMs !== undefined) add('IteratorAge', MetricUnit.Milliseconds, iteratorAgeMs)
  }
  const onRead = (message: unknown): void => {
    const { rows, refused } = message as ReadMessage
    add('RowsRead', MetricUnit.Count, rows)
    add(
      'RowsRefused',
      MetricUnit.Count,
      Object.values(refused).reduce((sum, count) => sum + count, 0),
    )
  }
  batch.asyncEnd.subscribe(onBatch)
  read.asyncEnd.subscribe(onRead)
  return () => {
    batch.asyncEnd.unsubscribe(onBatch)
    read.asyncEnd.unsubscribe(onRead)
  }
}
