import type { Run } from '../../../examples/fan-out/run.ts'
import { barriers, readSplits } from '../../../examples/fan-out/run.ts'
import { dynamodbGather } from '../../../src/fanout/gather/dynamodb-gather.ts'
import { fanOutFunctions, resultRow } from '../../examples/support/fan-out.ts'
import { BUCKET } from '../../support/s3-server.ts'
import { type LocalServices, RETRYING } from '../local-services.ts'
import { landed, ordersCsv, sqsEvent, TIME } from './events.ts'
import {
  always,
  type Effects,
  type ExampleCase,
  hasNoFailures,
  type PreparedExample,
  type Size,
} from './example-case.ts'
import { objectEffects } from './object-effects.ts'

type Step = 'plan' | 'worker' | 'reduce' | 'finish'

const KEY = 'landing/orders.csv'
const SETTINGS = {
  small: { targetBytes: 4000, probeBytes: 1000, bucketBytes: 6000 },
  large: { targetBytes: 32 * 1024 * 1024, bucketBytes: 1024 * 1024 * 1024 },
}
const ROWS = { small: 150, large: 300_000 }

/** The functions of the state machine, each after those before it. */
export const fanOut: readonly ExampleCase[] = (['plan', 'worker', 'reduce', 'finish'] as const).map((step) => ({
  name: `fan-out, ${step}`,
  file: `fan-out/${step}.ts`,
  handler: 'handler',
  effects: { plan: 2, worker: 15, reduce: 6, finish: 2 }[step],
  isDone: always,
  prepare: (services, size) => prepareStep(services, size, step, false),
}))

/** The same functions over queues. */
export const fanOutQueues: readonly ExampleCase[] = (['plan', 'worker', 'reduce', 'finish'] as const).map((step) => ({
  name: `fan-out over queues, ${step}`,
  file: 'fan-out/queues.ts',
  handler: `handlers.${step}`,
  effects: { plan: 3, worker: 18, reduce: 7, finish: 2 }[step],
  isDone: hasNoFailures,
  prepare: (services, size) => prepareStep(services, size, step, true),
}))

async function prepareStep(
  services: LocalServices,
  size: Size,
  step: Step,
  overQueues: boolean,
): Promise<PreparedExample> {
  const { s3, dynamodb, dynamodbEndpoint } = services
  s3.reset()
  await services.put(KEY, ordersCsv(ROWS[size]))
  const tableName = await services.table('fan-out', 'id')
  const names = ['splits', 'buckets', 'runs'] as const
  const [splitsUrl = '', bucketsUrl = '', runsUrl = ''] = await Promise.all(names.map((name) => services.queue(name)))
  const queues = { splitsUrl, bucketsUrl, runsUrl }
  const places = { s3: s3.endpoint, dynamodb: dynamodbEndpoint, sqs: s3.endpoint, queues, tableName }
  const { functions, client } = fanOutFunctions(places, SETTINGS[size], RETRYING)
  const run = step === 'plan' ? undefined : await runUntil(step)
  const messages = new Set<string>()
  return {
    env: {
      FAN_OUT_TABLE: tableName,
      SPLITS_QUEUE_URL: splitsUrl,
      BUCKETS_QUEUE_URL: bucketsUrl,
      RUNS_QUEUE_URL: runsUrl,
    },
    event: eventOf(run, run && (await readSplits(client, run))),
    effects: async () => ({ ...(await objectsOf(run)), ...(await arrivals(run)), ...(await queued()) }),
  }

  /** What comes before a step, and all but one of its own. */
  async function runUntil(step: Step): Promise<Run> {
    const run = await functions.plan({ bucket: BUCKET, key: KEY, time: TIME })
    const [last, ...splits] = await readSplits(client, run)
    for (const split of splits) await functions.worker({ run, split })
    if (step === 'worker' || last === undefined) return run
    await functions.worker({ run, split: last })
    for (let hash = 1; hash < run.buckets; hash++) await functions.reduce({ run, hash })
    if (step === 'finish') await functions.reduce({ run, hash: 0 })
    return run
  }

  function eventOf(run: Run | undefined, splits: readonly object[] = []): object {
    if (run === undefined) return overQueues ? sqsEvent(landed(KEY)) : { bucket: BUCKET, key: KEY, time: TIME }
    const task = { plan: {}, worker: { run, split: splits[0] }, reduce: { run, hash: 0 }, finish: { run } }[step]
    return overQueues ? sqsEvent(task) : task
  }

  /** Objects that the step writes. */
  function objectsOf(run: Run | undefined): Promise<Effects> {
    const prefixes = {
      plan: ['work/'],
      worker: [`${run?.work}/shuffle/`, `${run?.work}/parts/`],
      reduce: [`${run?.work}/parts/`],
      finish: ['processed/'],
    }
    return objectEffects(services, ...prefixes[step])
  }

  /** Results of the parts, and the row that `finish` writes. */
  async function arrivals(run: Run | undefined): Promise<Effects> {
    if (run === undefined) return {}
    const { splits, buckets } = barriers(dynamodbGather({ client: dynamodb, tableName }), run)
    if (step === 'finish') {
      const row = await resultRow(dynamodb, tableName, run.id)
      return row === undefined ? {} : { row }
    }
    const found: Record<string, unknown> = {}
    for await (const { part, result } of (step === 'worker' ? splits : buckets).results())
      found[`part ${part}`] = result
    return found
  }

  /** Messages for the next steps: one that is sent twice changes nothing, so that they count once. */
  async function queued(): Promise<Effects> {
    for (const url of Object.values(queues)) for (const body of await services.drain(url)) messages.add(body)
    return Object.fromEntries([...messages].map((body) => [body, true]))
  }
}
