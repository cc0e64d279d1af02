import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { openedFrom, totalOf } from '../../src/s3/object-answer.ts'

const Body = Readable.from([])
const opened = (answer: object, start = 0) => openedFrom(answer as never, start)
const unavailable = expect.objectContaining({ code: 'SOURCE_UNAVAILABLE' })

describe('openedFrom', () => {
  test('a body from the byte that was asked for, and where it stops', () => {
    expect(opened({ Body, ContentLength: 7 })).toEqual({ body: Body, end: 7 })
    expect(opened({ Body })).toEqual({ body: Body, end: undefined })
    expect(opened({ Body, ContentRange: 'bytes 5-6/9', ContentLength: 2 }, 5)).toEqual({ body: Body, end: 7 })
  })

  test.each([undefined, null, 'bytes', 7, {}])('%j is no body', (body) => {
    expect(() => opened({ Body: body })).toThrow(unavailable)
  })

  test.each([
    [undefined, 5],
    ['bytes 0-6/9', 5],
    ['bytes 5-6/9', 0],
    ['xbytes 5-6/9', 5],
    ['bytes */9', 5],
  ])('the range %s is not one from byte %i on', (ContentRange, start) => {
    expect(() => opened({ Body, ContentRange }, start)).toThrow(unavailable)
  })
})

test.each([
  [{ ContentLength: 7 }, 7],
  [{}, undefined],
  [{ ContentLength: 2, ContentRange: 'bytes 5-6/9' }, 9],
  [{ ContentLength: 2, ContentRange: 'bytes 5-6/*' }, undefined],
  [{ ContentLength: 2, ContentRange: 'bytes 5-6/9 more' }, undefined],
])('an object that is answered with %j has %s bytes', (answer, total) => {
  expect(totalOf(answer as never)).toBe(total)
})
