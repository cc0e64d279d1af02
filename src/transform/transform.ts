import type { RecordBatch } from 'apache-arrow'
import type { Stage } from '../internal/stage.ts'

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

/** A transform from its name and the function that starts a run. */
export function defineTransform(name: string, start: () => TransformRun): Transform {
  const stage: Stage<RecordBatch, RecordBatch> = async function* (source) {
    const run = start()
    for await (const batch of source) {
      const out = run(batch)
      if (out !== undefined) yield out
    }
    const last = run(undefined)
    if (last !== undefined) yield last
  }
  return Object.defineProperty(Object.assign(stage, { start }), 'name', { value: name }) as Transform
}
