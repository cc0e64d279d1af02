import type { ExampleCase } from './example-case.ts'
import { fanOut, fanOutQueues } from './fan-out-cases.ts'
import { compact, s3Job, s3JobPartitioned } from './file-cases.ts'
import { apiIngest, cdcFanout, cdcJob, ingest, kinesisJob, redrive } from './stream-cases.ts'

/** Every function of `examples/`. */
export const EXAMPLES: readonly ExampleCase[] = [
  s3Job,
  s3JobPartitioned,
  kinesisJob,
  apiIngest,
  cdcJob,
  cdcFanout,
  ingest,
  redrive,
  compact,
  ...fanOut,
  ...fanOutQueues,
]
