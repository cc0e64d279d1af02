import { pipeline } from 'node:stream/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { expectTypeOf, test } from 'vitest'
import type { ByteSource } from '../../src/codecs/input/source.ts'
import type { Stage } from '../../src/internal/stage.ts'
import { type S3SinkResult, s3Sink } from '../../src/s3/s3-sink.ts'
import { s3Source } from '../../src/s3/s3-source.ts'

const stage: Stage<Uint8Array, Uint8Array> = (source) => source
const client = new S3Client({})
const place = { bucket: 'b', key: 'k' }

test('a pipeline of up to ten stages passes bytes to the sink and returns its result', () => {
  const short = () => pipeline(s3Source(client, place).stream(), stage, s3Sink(client, place))
  const long = () =>
    pipeline(s3Source(client, place).stream(), stage, stage, stage, stage, stage, stage, stage, s3Sink(client, place))
  expectTypeOf(short).returns.resolves.toEqualTypeOf<S3SinkResult>()
  expectTypeOf(long).returns.resolves.toEqualTypeOf<S3SinkResult>()
})

test('a stage that yields no bytes does not fit the sink', () => {
  const text: Stage<Uint8Array, string> = async function* () {}
  const sink = s3Sink(client, place)
  const from = s3Source(client, place).stream()
  // @ts-expect-error the sink takes bytes
  const wrong = () => pipeline(from, stage, stage, stage, stage, text, sink)
  expectTypeOf(wrong).toBeFunction()
})

test('an S3 source is a byte source', () => {
  expectTypeOf(s3Source(client, place)).toExtend<ByteSource>()
})
