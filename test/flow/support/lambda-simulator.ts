/**
 * Lambda's retry contract for queues, streams and Kafka, as its documentation has it for event source mappings with
 * `ReportBatchItemFailures`: what a handler's response makes Lambda hand over next.
 *
 * Sources: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
 */

/** A record of a source: `id` is what Lambda looks for in a response. */
export interface SimulatedRecord {
  readonly id: unknown
  /** Message group of a FIFO queue. */
  readonly group?: string
}

/** A handler as Lambda calls it, with the records of one batch. What it throws fails the test that it is of. */
export type Invoke<R> = (batch: readonly R[]) => Promise<unknown>

/** What became of the records: each is acknowledged or, in the end, given up. */
export interface Delivery<R> {
  readonly acknowledged: readonly R[]
  readonly deadLetters: readonly R[]
  readonly invocations: number
}

const MAX_INVOCATIONS = 10_000

/** The places in a batch that a response reports: all where Lambda cannot tell, because of an identifier it does not know. */
async function reportedBy<R extends SimulatedRecord>(
  batch: readonly R[],
  invoke: Invoke<R>,
): Promise<ReadonlySet<number>> {
  const all = new Set(batch.keys())
  const response = await invoke(batch)
  if (response === undefined || response === null) return new Set()
  const failures = (response as { readonly batchItemFailures?: unknown }).batchItemFailures ?? []
  if (!Array.isArray(failures)) return all
  const places = new Map(batch.map(({ id }, place) => [JSON.stringify(id), place]))
  const reported = failures.map((failure) => places.get(JSON.stringify(failure?.itemIdentifier)))
  return reported.includes(undefined) ? all : new Set(reported as number[])
}

/** A queue with a redrive policy. Messages that are reported become visible again, behind what waits or, in a FIFO group, where they were. */
export async function simulateQueue<R extends SimulatedRecord>(
  messages: readonly R[],
  { batchSize, maxReceiveCount, isFifo = false }: { batchSize: number; maxReceiveCount: number; isFifo?: boolean },
  invoke: Invoke<R>,
): Promise<Delivery<R>> {
  let visible = [...messages]
  const receives = new Map<R, number>()
  const acknowledged: R[] = []
  const deadLetters: R[] = []
  let invocations = 0
  while (visible.length > 0) {
    if (++invocations > MAX_INVOCATIONS) throw new Error('the queue never becomes empty')
    const batch = visible.slice(0, batchSize)
    const rest = visible.slice(batchSize)
    const reported = await reportedBy(batch, invoke)
    const back: R[] = []
    for (const [place, message] of batch.entries()) {
      const count = (receives.get(message) ?? 0) + 1
      receives.set(message, count)
      if (!reported.has(place)) acknowledged.push(message)
      else if (count >= maxReceiveCount) deadLetters.push(message)
      else back.push(message)
    }
    visible = isFifo ? [...back, ...rest] : [...rest, ...back]
  }
  return { acknowledged, deadLetters, invocations }
}

export interface StreamSettings {
  readonly batchSize: number
  readonly maximumRetryAttempts: number
  readonly bisectBatchOnFunctionError?: boolean
}

/**
 * A shard of Kinesis or DynamoDB: Lambda goes on from the lowest reported record. A batch that fails as a whole is halved where that is set,
 * which costs no attempt; after its last attempt it goes to the on-failure destination.
 */
export async function simulateShard<R extends SimulatedRecord>(
  records: readonly R[],
  settings: StreamSettings,
  invoke: Invoke<R>,
): Promise<Delivery<R>> {
  const { batchSize, maximumRetryAttempts, bisectBatchOnFunctionError = false } = settings
  const acknowledged: R[] = []
  const deadLetters: R[] = []
  let invocations = 0

  const deliver = async (batch: readonly R[]): Promise<void> => {
    for (let attempt = 0, left = batch; left.length > 0; ) {
      if (++invocations > MAX_INVOCATIONS) throw new Error('the shard never comes to its end')
      const reported = await reportedBy(left, invoke)
      const lowest = reported.size === 0 ? left.length : Math.min(...reported)
      acknowledged.push(...left.slice(0, lowest))
      left = left.slice(lowest)
      if (lowest > 0) attempt = 0
      else if (bisectBatchOnFunctionError && left.length > 1) {
        const middle = left.length >> 1
        await deliver(left.slice(0, middle))
        left = left.slice(middle)
        attempt = 0
      } else if (attempt++ >= maximumRetryAttempts) {
        deadLetters.push(...left)
        return
      }
    }
  }

  for (let position = 0; position < records.length; position += batchSize) {
    await deliver(records.slice(position, position + batchSize))
  }
  return { acknowledged, deadLetters, invocations }
}

/** Partitions of a topic, in one batch together: each goes on from its own lowest reported offset. */
export async function simulateKafka<R extends SimulatedRecord>(
  partitions: readonly (readonly R[])[],
  { batchSize, maximumRetryAttempts }: StreamSettings,
  invoke: (batch: readonly (readonly R[])[]) => Promise<unknown>,
): Promise<Delivery<R>> {
  const positions = partitions.map(() => 0)
  const attempts = partitions.map(() => 0)
  const acknowledged: R[] = []
  const deadLetters: R[] = []
  let invocations = 0
  for (;;) {
    const slices = partitions.map((records, number) =>
      records.slice(positions[number] ?? 0, (positions[number] ?? 0) + batchSize),
    )
    const batch = slices.flat()
    if (batch.length === 0) return { acknowledged, deadLetters, invocations }
    if (++invocations > MAX_INVOCATIONS) throw new Error('the topic never comes to its end')
    const reported = await reportedBy(batch, () => invoke(slices))
    for (const [number, slice] of slices.entries()) {
      const first = slice.findIndex((record) => reported.has(batch.indexOf(record)))
      const done = first === -1 ? slice.length : first
      acknowledged.push(...slice.slice(0, done))
      const isStuck = slice.length > 0 && done === 0
      attempts[number] = isStuck ? (attempts[number] ?? 0) + 1 : 0
      const isGivenUp = isStuck && (attempts[number] ?? 0) > maximumRetryAttempts
      if (isGivenUp) deadLetters.push(...slice)
      positions[number] = (positions[number] ?? 0) + (isGivenUp ? slice.length : done)
    }
  }
}
