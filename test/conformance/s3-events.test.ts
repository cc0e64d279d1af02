import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { S3EventSchema } from '../../src/events/s3.ts'
import { s3Objects } from '../../src/events/s3-objects.ts'

const corpus = new URL('../../../shared/corpora/events/s3/', import.meta.url)
const files = existsSync(corpus) ? readdirSync(corpus).filter((name) => name.endsWith('.json')) : []

if (files.length === 0) test.skip('S3 event samples: skipped, the corpora are not here', () => {})

test.each(files)('%s names its objects and keeps every key', (name) => {
  const event = JSON.parse(readFileSync(new URL(name, corpus), 'utf8'))
  expect(S3EventSchema.parse(event)).toEqual(event)
  const refs = s3Objects(event)
  expect(refs).toHaveLength(event.Records.length)
  for (const [index, ref] of refs.entries()) {
    const { bucket, object } = event.Records[index].s3
    expect(ref).toMatchObject({
      bucket: bucket.name,
      rawKey: object.key,
      key: object.urlDecodedKey || decodeURIComponent(object.key),
    })
  }
})
