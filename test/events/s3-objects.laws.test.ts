import fc from 'fast-check'
import { expect } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import { s3Objects } from '../../src/events/s3-objects.ts'
import { arbitraryS3BatchEvent, arbitraryS3Event, arbitraryS3EventBridgeEvent } from '../../src/testing/index.ts'
import { law } from '../support/law.ts'
import { SOURCES } from './support/event-arbitraries.ts'
import { s3Record } from './support/s3-event.ts'

/** As S3 encodes a key: `application/x-www-form-urlencoded`, slashes kept. */
const encodeKey = (key: string): string => encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/')
const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })

law(
  's3Objects: every key that S3 encodes is decoded, in order',
  fc.property(fc.array(key, { maxLength: 5 }), (keys) => {
    const event = { Records: keys.map((each) => s3Record({ key: encodeKey(each) })) }
    expect(s3Objects(event).map((ref) => ref.key)).toEqual(keys)
    expect(s3Objects(event).map((ref) => ref.rawKey)).toEqual(keys.map(encodeKey))
  }),
)

law(
  's3Objects: any value returns references or throws EVENT_INVALID',
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

const inTopic = (notification: unknown) => ({ Type: 'Notification', Message: JSON.stringify(notification) })
const inQueue = (notification: unknown) => ({
  Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: JSON.stringify(notification) }],
})
const wrappings: readonly ((event: unknown) => unknown)[] = [
  inTopic,
  inQueue,
  (event) => inQueue(inTopic(event)),
  (event) => inQueue(event).Records,
  (event) => ({ Records: [{ EventSource: 'aws:sns', Sns: { MessageId: 'n', Message: JSON.stringify(event) } }] }),
]

law(
  's3Objects: returns the same objects from any carrier of the notification, with the outermost queue message',
  fc.property(
    fc.oneof(arbitraryS3Event(), arbitraryS3EventBridgeEvent(), arbitraryS3BatchEvent()),
    fc.constantFrom(...wrappings),
    (event, wrap) => {
      const refs = s3Objects(wrap(event))
      expect(refs.map(({ recordId, ...ref }) => ref)).toEqual(s3Objects(event))
      const isQueued = JSON.stringify(wrap(event)).includes('"aws:sqs"')
      expect(new Set(refs.map(({ recordId }) => recordId))).toEqual(new Set([isQueued ? 'm' : undefined]))
    },
  ),
)

law(
  'schemas: an event with additional keys anywhere parses, and keeps them',
  fc.property(
    fc.constantFrom(...SOURCES).chain(({ schema, arbitrary }) => fc.tuple(fc.constant(schema), arbitrary)),
    fc.dictionary(fc.stringMatching(/^x[a-z]{1,8}$/), fc.jsonValue(), { minKeys: 1, maxKeys: 2 }),
    ([schema, event], extra) => {
      const wider = withMore(event, extra)
      expect(schema.parse(wider)).toEqual(wider)
    },
  ),
)

const MAPS = ['records', 'rmqMessagesByQueue']

/** A value with more keys in each of its objects, except in the maps of Kafka's partitions and RabbitMQ's queues, whose keys are names. */
function withMore(value: unknown, extra: object): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((each) => withMore(each, extra))
  const wider = Object.entries(value).map(([key, inner]) => [
    key,
    MAPS.includes(key) && !Array.isArray(inner) ? inner : withMore(inner, extra),
  ])
  return { ...extra, ...Object.fromEntries(wider) }
}
