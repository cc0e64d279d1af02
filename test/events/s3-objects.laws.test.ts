import fc from 'fast-check'
import { expect } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import { S3EventSchema } from '../../src/events/s3.ts'
import { s3Objects } from '../../src/events/s3-objects.ts'
import { law } from '../support/law.ts'
import { s3Record } from '../support/s3-event.ts'

/** As S3 encodes a key: `application/x-www-form-urlencoded`, slashes kept. */
const encodeKey = (key: string): string => encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/')
const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })

law(
  's3Objects: every key that S3 encodes comes back, in order',
  fc.property(fc.array(key, { maxLength: 5 }), (keys) => {
    const event = { Records: keys.map((each) => s3Record({ key: encodeKey(each) })) }
    expect(s3Objects(event).map((ref) => ref.key)).toEqual(keys)
    expect(s3Objects(event).map((ref) => ref.rawKey)).toEqual(keys.map(encodeKey))
  }),
)

law(
  's3Objects: anything at all gives references or EVENT_INVALID',
  fc.property(
    fc.oneof(
      fc.anything({ withNullPrototype: true, withObjectString: true, withBigInt: true, withDate: true, withMap: true }),
      fc.record({ Records: fc.anything() }),
      fc.array(fc.anything()).map((records) => ({ Records: records })),
      fc
        .array(fc.record({ s3: fc.record({ object: fc.anything(), bucket: fc.anything() }) }))
        .map((records) => ({ Records: records })),
    ),
    (event) => {
      try {
        expect(Array.isArray(s3Objects(event))).toBe(true)
      } catch (error) {
        if (!isMillraceError(error, 'EVENT_INVALID')) throw error
      }
    },
  ),
  { runs: 1000 },
)

law(
  's3Objects: with onInvalid every record of a notification is a reference or an error',
  fc.property(fc.array(fc.option(key)), (keys) => {
    const errors: unknown[] = []
    const Records = keys.map((each) => (each === null ? { s3: null } : s3Record({ key: encodeKey(each) })))
    const refs = s3Objects({ Records }, { onInvalid: (error) => errors.push(error) })
    expect(refs.length + errors.length).toBe(keys.length)
    expect(errors.length).toBe(keys.filter((each) => each === null).length)
  }),
)

law(
  'S3EventSchema: an event with more keys anywhere still parses, and keeps them',
  fc.property(fc.dictionary(fc.stringMatching(/^x[a-z]{1,8}$/), fc.jsonValue()), (extra) => {
    const record = s3Record(extra, extra)
    const event = { ...extra, Records: [{ ...record, ...extra }] }
    expect(S3EventSchema.parse(event)).toEqual(event)
  }),
)
