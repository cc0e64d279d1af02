import { expect, test } from 'vitest'
import { judgeRejection, type Rejection } from '../../src/send/judge-rejection.ts'

const named = (name: string, httpStatusCode?: number, attempts?: number, message = '') =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode, attempts } })

test.each<[Rejection, unknown]>([
  ['throttled', named('ThrottlingException', 400)],
  ['throttled', named('ThrottlingException', 400, 1)],
  ['throttled', named('Error', 429, 1)],
  ['lost', named('ThrottlingException', 400, 2)],
  ['lost', named('Error', 429, 3)],
  ['lost', named('InternalFailure', 500)],
  ['lost', named('Error', 503)],
  ['lost', Object.assign(new Error(), { code: 'ECONNRESET' })],
  ['lost', named('AbortError')],
  ['unreadable', named('SyntaxError', 200)],
  ['unreadable', named('Error', 299)],
  ['unreadable', named('Error', undefined, 1, 'Invalid MD5 checksum on messages: 1')],
  ['refused', named('Error', 300)],
  ['content', named('Error', 413)],
  ['refused', named('Error', 412)],
  ['refused', named('AccessDenied', 403)],
  ['refused', named('Error')],
  ['refused', null],
  ['refused', undefined],
  ['refused', 'text'],
])('%s: %o', (kind, error) => {
  expect(judgeRejection(error)).toBe(kind)
})

const CONTENT = [
  'BatchEntryIdsNotDistinct',
  'BatchRequestTooLong',
  'EmptyBatchRequest',
  'InvalidArgument',
  'InvalidBatchEntryId',
  'InvalidMessageContents',
  'InvalidParameter',
  'InvalidParameterValue',
  'ItemCollectionSizeLimitExceeded',
  'ParameterValueInvalid',
  'RequestTooLarge',
  'RequestEntityTooLarge',
  'Serialization',
  'TooManyEntriesInBatchRequest',
  'TypeError',
  'Validation',
  'ValidationError',
]

test.each(CONTENT)('%s is about what is in the request, under any spelling of the services', (name) => {
  const spelled = [name, `${name}Exception`, `com.amazonaws.sqs#${name}`, `AWS.SimpleQueueService.${name}Exception`]
  expect(spelled.map((each) => judgeRejection(named(each, 400)))).toEqual(spelled.map(() => 'content'))
  const others = [`My${name}`, `${name}2`, `${name}ExceptionHandler`]
  expect(others.map((each) => judgeRejection(named(each, 400)))).toEqual(others.map(() => 'refused'))
})
