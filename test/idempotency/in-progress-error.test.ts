import { expect, test } from 'vitest'
import { MillraceError } from '../../src/errors.ts'
import { IdempotencyInProgressError, isIdempotencyInProgressError } from '../../src/idempotency/index.ts'

const inProgress = { namespace: 'charge', recordKey: 'ab12', leaseExpiresAt: 1_767_225_600_000 }

test('IdempotencyInProgressError: has its code, what identifies the record and when to try again', () => {
  const error = new IdempotencyInProgressError(inProgress)
  expect(error).toBeInstanceOf(MillraceError)
  expect(error).toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS', ...inProgress })
  expect(error.message).not.toContain('ab12')
})

test('isIdempotencyInProgressError: errors of another copy of the class, and no other error', () => {
  const copied = Object.assign(new MillraceError('IDEMPOTENCY_IN_PROGRESS', 'held'), inProgress)
  expect(isIdempotencyInProgressError(copied)).toBe(true)
  expect(isIdempotencyInProgressError(new MillraceError('IDEMPOTENCY_IN_PROGRESS', 'held'))).toBe(false)
  expect(isIdempotencyInProgressError(Object.assign(new Error('held'), inProgress))).toBe(false)
  expect(isIdempotencyInProgressError(undefined)).toBe(false)
})
