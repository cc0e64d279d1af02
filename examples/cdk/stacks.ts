import type { App, Stack } from 'aws-cdk-lib'
import { apiIngestStack } from './api-ingest.ts'
import { cdcFanoutStack, cdcJobStack } from './cdc.ts'
import { fanOutStack } from './fan-out.ts'
import { kinesisJobStack } from './kinesis-job.ts'
import { s3JobStack } from './s3-job.ts'
import { streamingEtlStack } from './streaming-etl.ts'

/** The stacks of the examples' templates, by the folder of each. */
export const STACKS: Readonly<Record<string, (app: App) => Stack>> = {
  'api-ingest': apiIngestStack,
  'cdc-fanout': cdcFanoutStack,
  'cdc-job': cdcJobStack,
  'fan-out': fanOutStack,
  'kinesis-job': kinesisJobStack,
  's3-job': s3JobStack,
  'streaming-etl': streamingEtlStack,
}
