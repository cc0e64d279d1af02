import { expect, test } from 'vitest'
import { type CustomerKey, customerKeyFields } from '../../src/s3/customer-key.ts'

const bytes = Buffer.from(Array.from({ length: 32 }, (_, at) => 255 - at))
const text = bytes.toString('base64')

test.each([
  ['bytes', bytes],
  ['a view of more', new Uint8Array([0, ...bytes, 0]).subarray(1, 33)],
  ['base64', text],
])('a key of %s', (_, key) => {
  expect(customerKeyFields(key)).toEqual({ SSECustomerAlgorithm: 'AES256', SSECustomerKey: text })
})

test.each<[string, unknown]>([
  ['too few bytes', bytes.subarray(1)],
  ['too many bytes', Buffer.alloc(33)],
  ['base64 without its end', text.slice(0, -1)],
  ['base64 with a line break', `${text}\n`],
  ['base64 for URLs', text.replaceAll('/', '_').replaceAll('+', '-')],
  ['base64 of fewer bytes', bytes.subarray(1).toString('base64')],
  ['hexadecimal', bytes.toString('hex')],
  ['no text', ''],
  ['nothing', null],
  ['a number', 32],
])('%s is no key', (_, key) => {
  expect(() => customerKeyFields(key as CustomerKey)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})
