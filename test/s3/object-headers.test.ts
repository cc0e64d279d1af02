import { describe, expect, test } from 'vitest'
import { headersOf, placeOf, type S3Target } from '../../src/s3/object-headers.ts'

const at = { bucket: 'lake', key: 'a' }
const headers = (target: Partial<S3Target>) => headersOf({ ...at, ...target }, true)

describe('headersOf', () => {
  test('a target of a place alone has none', async () => {
    expect(await headers({ expectedBucketOwner: '123456789012' })).toStrictEqual({})
  })

  test('flags, tags and metadata as they are', async () => {
    const tags = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`t${n}`, `${n}`]))
    const Tagging = 't0=0&t1=1&t2=2&t3=3&t4=4&t5=5&t6=6&t7=7&t8=8&t9=9'
    expect(await headers({ bucketKeyEnabled: false, tagging: tags })).toStrictEqual({
      BucketKeyEnabled: false,
      Tagging,
    })
    expect(await headers({ metadata: { a: 'x'.repeat(2047) } })).toStrictEqual({ Metadata: { a: 'x'.repeat(2047) } })
    expect(await headers({ metadata: () => ({ a: '' }), tagging: '' })).toStrictEqual({
      Tagging: '',
      Metadata: { a: '' },
    })
  })

  test.each<[string, object]>([
    ['expectedBucketOwner', { expectedBucketOwner: 'é' }],
    ['contentType', { contentType: 'é' }],
    ['tagging', { tagging: 'é' }],
    ['tagging', { tagging: 7 }],
    ['tagging', { tagging: null }],
    ['tagging', { tagging: ['a'] }],
    ['tagging', { tagging: { a: 1, b: 'c' } }],
    ['tagging', { tagging: { a: '\ud800' } }],
    ['tagging', { tagging: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`t${n}`, ''])) }],
    ['metadata', { metadata: null }],
    ['metadata', { metadata: 'text' }],
    ['metadata', { metadata: ['a'] }],
    ['metadata', { metadata: { a: 'x'.repeat(2048) } }],
    ['metadata "a b"', { metadata: { 'a b': '' } }],
    ['metadata "A"', { metadata: { a: '', A: '' } }],
    ['metadata "a"', { metadata: { a: 1 } }],
    ['metadata "a"', { metadata: { a: 'é' } }],
  ])('%s is named where it is refused: %o', async (name, target) => {
    const error = await headers(target as never).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'OPTION_INVALID' })
    expect(String((error as Error).message).startsWith(`${name}: `)).toBe(true)
  })

  test('the message of a long name is short', async () => {
    await expect(headers({ metadata: { [' '.repeat(5000)]: '' } })).rejects.toSatisfy(
      ({ message }: Error) => message.length < 250,
    )
  })
})

describe('placeOf', () => {
  test('bucket, key and, where there is one, the owner', () => {
    expect(placeOf('s3Sink', at, '')).toStrictEqual({ Bucket: 'lake', Key: 'a' })
    const owned = { ...at, expectedBucketOwner: '1' }
    expect(placeOf('s3Sink', owned, '')).toStrictEqual({ Bucket: 'lake', Key: 'a', ExpectedBucketOwner: '1' })
  })

  test('another ifNoneMatch is named', () => {
    expect(() => placeOf('s3Sink', { ...at, ifNoneMatch: '"a"' } as never, '')).toThrow(/^ifNoneMatch: must be/)
  })

  test.each([{ ifNoneMatch: 7 }, { ifNoneMatch: '"a"' }, { expectedBucketOwner: 1 }, { bucket: '' }, { metaData: {} }])(
    '%o is refused',
    (more) => {
      expect(() => placeOf('s3Sink', { ...at, ...more } as never, '')).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      )
    },
  )
})
