import { kinesisEventFile } from '../kinesis-event.ts'
import { contestSuite } from './contests.ts'

/** A batch of a Kinesis stream, ten times over: base64 to JSON to validated orders. */
export const events = contestSuite(5, {
  'Kinesis records to validated payloads': async () => ({
    file: kinesisEventFile(),
    candidates: {
      'Powertools, Kinesis envelope': 'kinesis/powertools',
      'Buffer.from + JSON.parse + zod': 'kinesis/bare-zod',
      'Buffer.from + JSON.parse': 'kinesis/bare',
      'millrace, zod/mini': 'kinesis/millrace-mini',
      millrace: 'kinesis/millrace',
    },
  }),
})
