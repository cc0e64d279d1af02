import './pipeline-types.ts'

export type { Pipeline } from './pipeline-types.ts'

/** A step of a stream, as `pipeline` of `node:stream/promises` accepts it. */
export type Stage<In, Out> = (source: AsyncIterable<In>) => AsyncIterable<Out>
