import type { RecordBatch, Schema } from 'apache-arrow'
import { checkBatch, checkBatches } from '../columns/check-table.ts'
import { concatBatches } from '../columns/concat.ts'
import { channels, type TransformMessage } from '../internal/channels.ts'
import { checkArgument } from '../internal/check-arguments.ts'
import type { Stage } from '../internal/stage.ts'
import { traceIterator } from '../internal/trace.ts'

/** One run of a transform: called with every batch, then once with undefined. */
export type TransformRun = (batch: RecordBatch | undefined) => RecordBatch | undefined

/**
 * A step over record batches: a stage for `pipeline` of `node:stream/promises`, and through `start` for whole tables.
 *
 * Every run starts afresh: a transform holds no state between runs.
 */
export interface Transform extends Stage<RecordBatch, RecordBatch> {
  readonly name: string
  start(): TransformRun
}

/** One run, batch by batch. The output is what `next` returns for all batches, then what `end` returns, in order. */
export interface TransformSteps {
  next(batch: RecordBatch): readonly RecordBatch[]
  /** The batches that were held back. */
  end?(): readonly RecordBatch[]
}

/** Facts about its input that a run has before it starts. */
export interface RunContext {
  /** All batches are in memory and stay there, so that a run may look at them again. */
  readonly wholeTable: boolean
  /** The counts of the run, where somebody listens to `millrace:transform`. */
  readonly message?: TransformMessage | undefined
}

/** The key of the steps in a transform of this library, for `transformTable`. Shared by all copies of this module. */
const STEPS = Symbol.for('millrace.transform.steps')

type StepsOf = (context: RunContext) => TransformSteps

/**
 * A transform from its name and the function that starts a run.
 *
 * @example
 * const firstColumn = defineTransform('firstColumn', () => ({ next: (batch) => [batch.selectAt([0])] }))
 * transformTable(tableFromRows([{ id: 1, name: 'Ada' }]), firstColumn).numCols // => 1
 */
export function defineTransform(name: string, stepsOf: StepsOf): Transform {
  checkArgument('defineTransform', 'name', name, 'string')
  checkArgument('defineTransform', 'the start of a run', stepsOf, 'function')
  async function* run(source: AsyncIterable<RecordBatch>, message: TransformMessage | undefined) {
    checkBatches(name, source)
    const steps = countedSteps(stepsOf({ wholeTable: false, message }), message)
    for await (const batch of source) {
      checkBatch(name, batch)
      yield* steps.next(batch)
    }
    yield* steps.end?.() ?? []
  }
  const stage: Stage<RecordBatch, RecordBatch> = (source) =>
    traceIterator(
      channels.transform,
      () => transformMessage(name),
      (message) => run(source, message),
    )
  const start = (): TransformRun => {
    const steps = stepsOf({ wholeTable: false })
    return (batch) => joined(batch === undefined ? (steps.end?.() ?? []) : steps.next(batch))
  }
  return Object.defineProperty(Object.assign(stage, { start, [STEPS]: stepsOf }), 'name', { value: name })
}

/** A transform that makes one batch of every batch. */
export function defineMap(
  name: string,
  start: (context: RunContext) => (batch: RecordBatch) => RecordBatch,
): Transform {
  return defineTransform(name, (context) => {
    const map = start(context)
    return { next: (batch) => [map(batch)] }
  })
}

/** A run of a transform over a table that is in memory; of any other implementation through its `start`. */
export function wholeTableSteps(transform: Transform, message?: TransformMessage): TransformSteps {
  const stepsOf = (transform as Partial<Record<typeof STEPS, StepsOf>>)[STEPS]
  if (stepsOf !== undefined) return countedSteps(stepsOf({ wholeTable: true, message }), message)
  const run = transform.start()
  const list = (batch: RecordBatch | undefined): RecordBatch[] => (batch === undefined ? [] : [batch])
  return countedSteps({ next: (batch) => list(run(batch)), end: () => list(run(undefined)) }, message)
}

export function transformMessage(name: string): TransformMessage {
  return { name, rowsIn: 0, rowsOut: 0 }
}

/** The steps of a run, which count rows in and out where somebody listens. */
function countedSteps(steps: TransformSteps, message: TransformMessage | undefined): TransformSteps {
  if (message === undefined) return steps
  const counted = (batches: readonly RecordBatch[]): readonly RecordBatch[] => {
    for (const { numRows } of batches) message.rowsOut += numRows
    return batches
  }
  const next = (batch: RecordBatch): readonly RecordBatch[] => {
    message.rowsIn += batch.numRows
    return counted(steps.next(batch))
  }
  return { next, end: () => counted(steps.end?.() ?? []) }
}

function joined(batches: readonly RecordBatch[]): RecordBatch | undefined {
  return batches[0] && concatBatches(batches[0].schema, batches)
}

/** Remembers what was worked out for a schema: the batches of a stream share one. */
export function perSchema<Plan>(plan: (schema: Schema) => Plan): (schema: Schema) => Plan {
  let known: { readonly schema: Schema; readonly plan: Plan } | undefined
  return (schema) => {
    if (known?.schema !== schema) known = { schema, plan: plan(schema) }
    return known.plan
  }
}
