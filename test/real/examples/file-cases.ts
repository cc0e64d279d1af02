import { createIngest } from '../../../examples/streaming-etl/ingest.ts'
import { BUCKET } from '../../support/s3-server.ts'
import { RETRYING } from '../local-services.ts'
import { eventTexts, kinesisEvent, landed, ordersCsv } from './events.ts'
import { always, type ExampleCase } from './example-case.ts'
import { objectEffects } from './object-effects.ts'

const KEY = 'landing/orders.csv'
const ROWS = { small: 200, large: 400_000 }

export const s3Job: ExampleCase = {
  name: 's3-job',
  file: 's3-job/handler.ts',
  handler: 'handler',
  effects: 1,
  // What one request may hold is reserved once over 4 MiB have come, and becomes resident as they come.
  reservedBytes: 100 * 1024 * 1024,
  isDone: always,
  prepare: async (services, size) => {
    services.s3.reset()
    await services.put(KEY, ordersCsv(ROWS[size]))
    return { event: landed(KEY), effects: () => objectEffects(services, 'processed/') }
  },
}

export const s3JobPartitioned: ExampleCase = {
  ...s3Job,
  reservedBytes: 0,
  name: 's3-job, partitioned',
  file: 's3-job/partitioned.ts',
  effects: 3,
}

export const compact: ExampleCase = {
  name: 'streaming-etl, compact',
  file: 'streaming-etl/compact.ts',
  handler: 'handler',
  effects: 1,
  isDone: always,
  prepare: async (services, size) => {
    services.s3.reset()
    const run = createIngest({ client: services.s3.client(RETRYING), bucket: BUCKET })
    const texts = size === 'small' ? eventTexts(40) : eventTexts(3000, 'a note of some length '.repeat(40))
    // What is delivered again in other batches is in other files too.
    for (const [from, to] of [
      [0, texts.length],
      [1, texts.length / 2],
      [3, texts.length],
    ] as const) {
      const { Records } = kinesisEvent(texts) as { readonly Records: readonly unknown[] }
      await run({ Records: Records.slice(from, to) })
    }
    return { event: { hour: '2026-01-05-13' }, effects: () => objectEffects(services, 'processed/') }
  },
}
