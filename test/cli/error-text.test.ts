import { describe, expect, test } from 'vitest'
import { errorReport, printable, systemCode } from '../../src/cli/error-text.ts'
import { MillraceError } from '../../src/errors.ts'

const systemError = (code: unknown) => Object.assign(new Error('secret'), { code })

describe('errorReport', () => {
  test('has code, message and place of an error of the library, and nothing else', () => {
    const error = new MillraceError('CSV_INVALID', 'short row', { position: { line: 3 }, path: ['a', 0] })
    expect(JSON.stringify(errorReport(error))).toBe(
      '{"code":"CSV_INVALID","message":"short row (line 3, at a.0)","position":{"line":3},"path":["a",0]}',
    )
    const bare = errorReport(new MillraceError('OPTION_INVALID', 'no'))
    expect(Object.entries(bare)).toEqual([
      ['code', 'OPTION_INVALID'],
      ['message', 'no'],
    ])
  })

  test("ends with the system's reason", () => {
    const { message } = errorReport(new MillraceError('WRITE_FAILED', 'no', { cause: systemError('ENOSPC') }))
    expect(message).toBe('no: ENOSPC')
    expect(errorReport(new MillraceError('WRITE_FAILED', 'no', { cause: new Error('secret') })).message).toBe('no')
  })

  test('is on one line', () => {
    expect(errorReport(new MillraceError('CSV_INVALID', 'a\nb')).message).toBe('a\\u000ab')
  })

  test.each([
    [new TypeError('secret'), 'TypeError'],
    [systemError('EACCES'), 'EACCES'],
    [Object.assign(new Error('secret'), { name: 'A\nB' }), 'A\\u000aB'],
    ['secret', 'string'],
    [undefined, 'undefined'],
  ])('of %s is its name alone', (error, name) => {
    expect(errorReport(error)).toEqual({ code: 'UNEXPECTED', message: `${name}; please report it, with the command` })
  })
})

test('printable escapes what moves a cursor, ends a line or hides text', () => {
  expect(printable('a\u001b[2Kb\u0007\r\n\u2028\u2029\u200e\u200f\u202a\u202e\u2066\u2069\u009b')).toBe(
    'a\\u001b[2Kb\\u0007\\u000d\\u000a\\u2028\\u2029\\u200e\\u200f\\u202a\\u202e\\u2066\\u2069\\u009b',
  )
  expect(printable('Zürich, 北京 \u{1f600}')).toBe('Zürich, 北京 \u{1f600}')
})

test('systemCode is the code of an error of the system, and no other', () => {
  for (const code of ['ENOENT', 'E2BIG', 'EPIPE']) expect(systemCode(systemError(code))).toBe(code)
  for (const code of [
    'E',
    'ENOENT!',
    ' ENOENT',
    'XENOENT',
    'enoent',
    'ERR_INVALID',
    `E${'A'.repeat(21)}`,
    7,
    undefined,
  ])
    expect(systemCode(systemError(code))).toBeUndefined()
  for (const error of [undefined, null, 'ENOENT']) expect(systemCode(error)).toBeUndefined()
})
