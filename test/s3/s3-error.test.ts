import { expect, test } from 'vitest'
import { sourceUnavailable, writeError } from '../../src/s3/s3-error.ts'
import { answered } from './support/scripted-client.ts'

test.each<[number, string, '*' | undefined, string, string]>([
  [412, 'PreconditionFailed', '*', 'WRITE_CONFLICT', 'an object already exists (HTTP 412 PreconditionFailed)'],
  [409, 'Conflict', '*', 'WRITE_CONFLICT', 'another write of the same object is in progress (HTTP 409 Conflict)'],
  [409, 'Conflict', undefined, 'WRITE_CONFLICT', 'another write of the same object is in progress (HTTP 409 Conflict)'],
  [412, 'PreconditionFailed', undefined, 'WRITE_FAILED', 'HTTP 412 PreconditionFailed'],
  [400, 'InvalidRequest', undefined, 'WRITE_FAILED', 'HTTP 400 InvalidRequest'],
  [403, 'Denied', '*', 'WRITE_FAILED', 'HTTP 403 Denied; allow s3:PutObject on it, and the use of its KMS key'],
])('a write that S3 answers with %i %s, ifNoneMatch %s, is %s', (status, name, ifNoneMatch, code, rule) => {
  const cause = answered(status, name)
  const error = writeError(cause, ifNoneMatch)
  expect(error).toMatchObject({ code, message: `the object was not written: ${rule}`, cause })
})

test.each([
  [answered(301, 'Moved'), "HTTP 301 Moved; the bucket is in another region: set the client's region to it"],
  [
    answered(400, 'InvalidRequest'),
    'HTTP 400 InvalidRequest; an object encrypted with a customer-provided key needs sseCustomerKey',
  ],
  [answered(403, 'Denied'), 'HTTP 403 Denied; allow s3:GetObject on it, and the use of its KMS key'],
  [answered(503, 'SlowDown'), 'HTTP 503 SlowDown; S3 is throttling: try again later'],
  [answered(500, 'toString'), 'HTTP 500 toString'],
  [new Error('secret'), 'Error'],
  [answered(404, 'NoSuchBucket'), 'HTTP 404 NoSuchBucket; there is no bucket of this name'],
])('a read that ends with %s', (cause, rule) => {
  const error = sourceUnavailable(cause)
  expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE', message: `the object cannot be read: ${rule}`, cause })
})
