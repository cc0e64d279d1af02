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
 * A transform holds no state between runs.
 */
export interface Transform extends Stage<RecordBatch, RecordBatch> {
  readonly name: string
  start(): TransformRun
}

/** One run, batch by batch. The output is what `next` returns for all batches, then what `end` returns, in order. */
export interface TransformSteps {
  next(batch: RecordBatch): readonly RecordBatch[]
  /** Return the batches that were held back. */
  end?(): readonly RecordBatch[]
}

/** Facts about the input, known before a run starts. */
export interface RunContext {
  /** True if all batches are and stay in memory, so that a run may read them again. */
  readonly wholeTable: boolean
  /** The counts of the run, if `millrace:transform` has subscribers. */
  readonly message?: TransformMessage | undefined
}

/** The key of the internal steps of a transform, for `transformTable`. Shared by all copies of this module. */
const STEPS = Symbol.for('millrace.transform.steps')

type StepsOf = (context: RunContext) => TransformSteps

/**
 * Create a transform from its name and the function that starts a run.
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

/** Create a transform that maps every batch to one batch. */
export function defineMap(
  name: string,
  start: (context: RunContext) => (batch: RecordBatch) => RecordBatch,
): Transform {
  return defineTransform(name, (context) => {
    const map = start(context)
    return { next: (batch) => [map(batch)] }
  })
}

/** Start a run of a transform over a table in memory; for other implementations through `start`. */
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

/** The steps of a run, which count rows in and out if there are subscribers. */
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

/** Cache a result per schema, which the batches of a stream share. */
export function perSchema<Plan>(plan: (schema: Schema) => Plan): (schema: Schema) => Plan {
  let known: { readonly schema: Schema; readonly plan: Plan } | undefined
  return (schema) => {
    if (known?.schema !== schema) known = { schema, plan: plan(schema) }
    return known.plan
  }
}
