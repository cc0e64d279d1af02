import { describe, expect, test } from 'vitest'
import { outputKey } from '../../src/s3/output-key.ts'

const move = (key: string, options: Partial<Parameters<typeof outputKey>[1]> = {}): string =>
  outputKey(key, { from: 'landing', to: 'processed', ...options })

describe('outputKey', () => {
  test.each([
    ['landing/x.csv', 'processed/x.parquet'],
    ['landing/a/b.csv.gz', 'processed/a/b.parquet'],
    ['landing/a.b.csv', 'processed/a.b.parquet'],
    ['landing/a.json.zst', 'processed/a.parquet'],
    ['landing/a.NDJSON.GZ', 'processed/a.parquet'],
    ['landing/a.tsv', 'processed/a.parquet'],
    ['landing/a.parquet', 'processed/a.parquet'],
    ['landing/plain', 'processed/plain.parquet'],
    ['landing/a.gz', 'processed/a.parquet'],
    ['landing/sales.2024', 'processed/sales.2024.parquet'],
    ['landing/app.log.gz', 'processed/app.log.parquet'],
    ['landing/.json.zst', 'processed/.json.parquet'],
    ['landing/.csv', 'processed/.csv.parquet'],
    ['landing/a/.csv', 'processed/a/.csv.parquet'],
    ['landing/a/.csv.gz', 'processed/a/.csv.parquet'],
    ['landing/a\n.csv', 'processed/a\n.parquet'],
    ['landing/d.csv/part-0', 'processed/d.csv/part-0.parquet'],
    ['landing//a.csv', 'processed//a.parquet'],
    ['landing/a//b.csv', 'processed/a//b.parquet'],
    ['landing/..a/b..csv', 'processed/..a/b..parquet'],
    ['landing/été 2024/données+1.csv', 'processed/été 2024/données+1.parquet'],
    ['landing/landing/x.csv', 'processed/landing/x.parquet'],
  ])('%s becomes %s', (key, output) => {
    expect(move(key)).toBe(output)
    expect(move(key, { from: 'landing/', to: 'processed/' })).toBe(output)
  })

  test('takes another ending, with or without its dot, or none', () => {
    expect(move('landing/x.csv', { extension: '.ndjson.gz' })).toBe('processed/x.ndjson.gz')
    expect(move('landing/x.csv', { extension: 'csv' })).toBe('processed/x.csv')
    expect(move('landing/x.csv', { extension: '' })).toBe('processed/x')
  })

  test('writes to the root of the bucket, and from a nested prefix', () => {
    expect(move('landing/x.csv', { to: '' })).toBe('x.parquet')
    expect(move('a/b/x.csv', { from: 'a/b', to: 'a/c' })).toBe('a/c/x.parquet')
    expect(move('a/in/x.csv', { from: 'a/in', to: 'a' })).toBe('a/x.parquet')
  })

  test.each([
    ['landing2/x.csv', {}],
    ['landing', {}],
    ['landing/', {}],
    ['landing/a/', {}],
    ['other/landing/x.csv', {}],
    ['/landing/x.csv', {}],
    ['Landing/x.csv', {}],
    ['', {}],
    ['landing/../secret/x.csv', {}],
    ['landing/a/../../x.csv', {}],
    ['landing/..', {}],
    ['landing/...csv', { extension: '' }],
    ['landing/x.csv', { to: '../processed' }],
    ['landing/x.csv', { to: 'landing' }],
    ['landing/x.csv', { to: 'landing/out' }],
    ['a/in/in/x.csv', { from: 'a/in', to: 'a' }],
    ['x.csv', { from: '', to: 'processed' }],
    ['', { from: '', to: 'processed' }],
  ])('refuses %s with %o', (key, options) => {
    expect(() => move(key, options)).toThrow(expect.objectContaining({ code: 'KEY_OUTSIDE_PREFIX' }))
  })

  test('never names the key in its message', () => {
    expect(() => move('person@example.com/x.csv')).toThrow(/^(?!.*person)/)
  })

  test('refuses an ending that would make folders', () => {
    expect(() => move('landing/x.csv', { extension: '/x' })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })

  test.each<[RegExp, unknown, unknown]>([
    [/^outputKey: key/, 7, { from: 'a', to: 'b' }],
    [/^outputKey: options/, 'a', undefined],
    [/^outputKey: .*form/, 'a', { form: 'a', to: 'b' }],
    [/^outputKey: to must be a string, not undefined; write outputKey\(/, 'a', { from: 'a' }],
    [/^outputKey: from must be a string, not undefined; write outputKey\(/, 'a', { to: 'a' }],
    [/^outputKey: extension/, 'a', { from: 'a', to: 'b', extension: 7 }],
  ])('%s: a call that is refused names the function and the argument', (message, given, options) => {
    expect(() => outputKey(given as string, options as never)).toThrow(message)
  })
})
