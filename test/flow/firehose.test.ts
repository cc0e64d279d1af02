import type { FirehoseTransformationEvent } from 'aws-lambda'
import { describe, expect, test } from 'vitest'
import { bytesPayload, type Payload, type PayloadDecoder, textPayload } from '../../src/events/index.ts'
import { type FirehoseOutcome, processBatch } from '../../src/flow/index.ts'
import { firehoseEvent } from './support/batch-events.ts'
import { numberPayload as payload } from './support/batch-scripts.ts'

const unused = async (): Promise<void> => {}
const refuse = async (): Promise<void> => {
  throw new Error('refused')
}

describe('Firehose', () => {
  const run = async (handler: (text: string) => unknown, count = 1) => {
    const event = {
      deliveryStreamArn: 'arn',
      records: Array.from({ length: count }, (_, n) => ({ recordId: `r${n}`, data: 'Zm9v' })),
    }
    const heard: unknown[] = []
    const { records } = await processBatch(event as unknown as FirehoseTransformationEvent, handler as never, {
      payload: textPayload(),
      onFailure: ({ id }, error) => heard.push([id, (error as { code: string }).code]),
    })
    return { records, heard }
  }

  test.each([
    ['bytes', Buffer.from('bar'), { result: 'Ok', data: 'YmFy' }],
    ['text', 'é', { result: 'Ok', data: 'w6k=' }],
    ['no text', '', { result: 'Ok', data: '' }],
    ['nothing', undefined, { result: 'Ok', data: 'Zm9v' }],
    ['dropped', { result: 'Dropped' }, { result: 'Dropped', data: 'Zm9v' }],
    ['failed', { result: 'ProcessingFailed' }, { result: 'ProcessingFailed', data: 'Zm9v' }],
    ['data', { result: 'Ok', data: 'bar' }, { result: 'Ok', data: 'YmFy' }],
    ['data, with a field of its own', { result: 'Ok', data: 'bar', note: 'x' }, { result: 'Ok', data: 'YmFy' }],
    [
      'partition keys and no route',
      { result: 'Ok', metadata: { partitionKeys: { day: '1' }, otfMetadata: undefined } },
      { result: 'Ok', data: 'Zm9v', metadata: { partitionKeys: { day: '1' } } },
    ],
    [
      'partition keys',
      { result: 'Ok', metadata: { partitionKeys: { day: '1' } } },
      { result: 'Ok', data: 'Zm9v', metadata: { partitionKeys: { day: '1' } } },
    ],
    [
      'a route to an Iceberg table',
      { result: 'Ok', metadata: { otfMetadata: { destinationTableName: 't', operation: 'insert' } } },
      { result: 'Ok', data: 'Zm9v', metadata: { otfMetadata: { destinationTableName: 't', operation: 'insert' } } },
    ],
    [
      'a route and partition keys',
      {
        recordId: 'r0',
        result: 'Ok',
        metadata: { partitionKeys: { day: '1' }, otfMetadata: { destinationTableName: 't' } },
      },
      {
        result: 'Ok',
        data: 'Zm9v',
        metadata: { partitionKeys: { day: '1' }, otfMetadata: { destinationTableName: 't' } },
      },
    ],
    [
      'the record that it got, and a result',
      { recordId: 'r0', result: 'Ok', data: 'Zm9v', approximateArrivalTimestamp: 1 },
      { result: 'Ok', data: 'Zm9v' },
    ],
    ['its record as Firehose wants it', { recordId: 'r0', result: 'Ok', data: 'YmFy' }, { result: 'Ok', data: 'YmFy' }],
    ['its record, dropped', { recordId: 'r0', result: 'Dropped' }, { result: 'Dropped', data: 'Zm9v' }],
  ])('a handler that resolves with %s', async (_, value, expected) => {
    expect(await run(async () => value)).toEqual({ records: [{ recordId: 'r0', ...expected }], heard: [] })
  })

  test.each([
    ['null', null],
    ['a number', 7],
    ['a boolean', false],
    ['the answer of some client', { MessageId: 'm' }],
    ['a Response', new Response('bar')],
    ['an array', ['bar']],
    ['bytes of another kind', new Uint16Array(1)],
    ['a result that Firehose does not know', { result: 'OK', data: 'bar' }],
    ['data that is none', { result: 'Ok', data: 7 }],
    ['data that is null', { result: 'Ok', data: null }],
    ['metadata without partition keys', { result: 'Ok', metadata: {} }],
    ['partition keys that are no text', { result: 'Ok', metadata: { partitionKeys: { day: 1 } } }],
    ['partition keys in an array', { result: 'Ok', metadata: { partitionKeys: ['day'] } }],
    ['partition keys in a text', { result: 'Ok', metadata: { partitionKeys: 'day' } }],
    ['a record of a number', { recordId: 'r0', result: 'Ok', data: 7 }],
    ['metadata of another name', { result: 'Ok', metadata: { partitionKeys: { day: '1' }, table: { name: 't' } } }],
    ['metadata in a list', { result: 'Ok', metadata: [] }],
    ['a route that is no text', { result: 'Ok', metadata: { otfMetadata: { destinationTableName: 1 } } }],
    ['data of another name', { result: 'Ok', Data: 'bar' }],
    ['data of another name beside metadata', { result: 'Ok', body: 'bar', metadata: { partitionKeys: { day: '1' } } }],
    ['the record of another', { recordId: 'r1', result: 'Ok', data: 'YmFy' }],
    ['a record of no base64', { recordId: 'r0', result: 'Ok', data: 'é' }],
    ['a record of bytes', { recordId: 'r0', result: 'Ok', data: Buffer.from('bar') }],
  ])('%s is no outcome: the record fails with its own data, and is told once', async (_, value) => {
    expect(await run(async () => value)).toEqual({
      records: [{ recordId: 'r0', result: 'ProcessingFailed', data: 'Zm9v' }],
      heard: [['r0', 'TYPE_MISMATCH']],
    })
  })

  test('poison fails, poison in quarantine is dropped', async () => {
    const event = firehoseEvent([{ number: 0, key: 'a', isPoison: true }])
    const [{ recordId, data } = { recordId: '', data: '' }] = event.records
    expect(await processBatch(event, unused, { payload })).toEqual({
      records: [{ recordId, result: 'ProcessingFailed', data }],
    })
    expect(await processBatch(event, unused, { payload, quarantine: async () => {} })).toEqual({
      records: [{ recordId, result: 'Dropped', data }],
    })
  })

  test('a record without data fails with none; one with both names of data is of Firehose itself', async () => {
    const both = { recordId: 'r1', data: 'Zm9v', kafkaRecordValue: 'YmFy' }
    const event = { deliveryStreamArn: 'arn', records: [{ recordId: 'r0' }, both] }
    const { records } = await processBatch(event, async () => {}, { payload: textPayload() })
    expect(records).toEqual([
      { recordId: 'r0', result: 'ProcessingFailed', data: '' },
      { recordId: 'r1', result: 'Ok', data: 'Zm9v' },
    ])
  })

  test('records that are one and the same object come back one by one', async () => {
    const record = { recordId: 'r', data: 'Zm9v' }
    const event = { deliveryStreamArn: 'arn', records: [record, record] }
    const { records } = await processBatch(event, async () => {}, { payload: textPayload() })
    expect(records).toEqual([record, record].map((each) => ({ ...each, result: 'Ok' })))
  })

  test('a record without identifier fails the whole batch', async () => {
    const event = { deliveryStreamArn: 'arn', records: [{ data: 'Zm9v' }] }
    await expect(processBatch(event, refuse, { payload: textPayload() })).rejects.toMatchObject({
      code: 'BATCH_FAILED',
    })
  })

  test('user records of one record come back as one: all changed, all as they are, or failed', async () => {
    const event = { deliveryStreamArn: 'arn', records: [{ recordId: 'r', data: 'YSBi' }] }
    const words = textPayload()
    const split = {
      decode: words.decode,
      split: (each: Parameters<typeof words.decode>[0]) =>
        words
          .decode(each)
          .split(' ')
          .map((word, subSequence) => ({
            subSequence,
            partitionKey: 'k',
            place: each.place,
            decode: () => word,
          })),
    }
    const heard: unknown[] = []
    const onFailure = (_: unknown, error: unknown) => heard.push((error as { code: string }).code)
    const records = async (handler: (word: string) => string | FirehoseOutcome | undefined) =>
      (await processBatch(event, async (word) => handler(word), { payload: split, onFailure })).records
    const response = (result: string, data = 'YSBi') => [{ recordId: 'r', result, data }]
    expect(await records((word) => word.toUpperCase())).toEqual(response('Ok', 'QUI='))
    expect(await records(() => undefined)).toEqual(response('Ok'))
    expect(await records(() => ({ result: 'Dropped' }))).toEqual(response('Dropped'))
    expect(await records((word) => (word === 'a' ? 'A' : { result: 'Dropped' }))).toEqual(response('Ok', 'QQ=='))
    expect(await records((word) => (word === 'a' ? { result: 'ProcessingFailed' } : 'B'))).toEqual(
      response('ProcessingFailed'),
    )
    expect(await records((word) => (word === 'a' ? 'A' : undefined))).toEqual(response('ProcessingFailed'))
    expect(await records((word) => (word === 'a' ? { result: 'Dropped' } : undefined))).toEqual(
      response('ProcessingFailed'),
    )
    const partitioned = (data: string, day?: string): FirehoseOutcome => ({
      result: 'Ok',
      data,
      ...(day !== undefined && { metadata: { partitionKeys: { day } } }),
    })
    const [same] = await records((word) => partitioned(word, '1'))
    expect(same).toEqual({ ...response('Ok', 'YWI=')[0], metadata: { partitionKeys: { day: '1' } } })
    expect(await records((word) => partitioned(word, word))).toEqual(response('ProcessingFailed'))
    expect(await records((word) => partitioned(word, word === 'a' ? '1' : undefined))).toEqual(
      response('ProcessingFailed'),
    )
    expect(heard).toEqual(Array.from({ length: 8 }, () => 'TYPE_MISMATCH'))
    const failing = (word: string) => {
      if (word === 'b') throw new Error('b fails')
      return word.toUpperCase()
    }
    expect(await records(failing)).toEqual(response('ProcessingFailed'))
  })

  test('a record without identifier that is done is left out beside one that is named', async () => {
    const event = { deliveryStreamArn: 'arn', records: [{ data: 'Zm9v' }, { recordId: 'r', data: 'Zm9v' }] }
    const payload: PayloadDecoder<string> = textPayload()
    const options = { payload, quarantine: async () => {} }
    expect(await processBatch(event, unused, options)).toEqual({
      records: [{ recordId: 'r', result: 'Ok', data: 'Zm9v' }],
    })
  })

  test('a record that is none fails the batch as one without identifier', async () => {
    for (const record of [null, 7, 'text']) {
      const event = { deliveryStreamArn: 'arn', records: [record, { recordId: 'r', data: 'Zm9v' }] }
      await expect(processBatch(event, unused, { payload: textPayload() })).rejects.toMatchObject({
        code: 'BATCH_FAILED',
      })
      const { records } = await processBatch(event as never, unused, {
        payload: textPayload(),
        quarantine: async () => {},
      })
      expect(records).toEqual([{ recordId: 'r', result: 'Ok', data: 'Zm9v' }])
    }
  })

  test('parts of a record without identifier: one that fails fails the batch', async () => {
    const parts = (place: Payload['place']) =>
      ['a', 'b'].map((word, subSequence) => ({ subSequence, partitionKey: 'k', place, decode: () => word }))
    const payload = { decode: textPayload().decode, split: (each: Payload) => parts(each.place) }
    const identified = { recordId: '', data: 'Zm9v' }
    const nameless = { ...payload, split: (each: Payload) => (each.kind === 'base64' ? parts(each.place) : undefined) }
    const event = { deliveryStreamArn: 'arn', records: [identified] }
    await expect(processBatch(event, async () => {}, { payload: nameless })).rejects.toMatchObject({
      code: 'BATCH_FAILED',
    })
  })
})

describe('Firehose from MSK', () => {
  const event = {
    invocationId: 'i',
    sourceMSKArn: 'arn:aws:kafka:eu-west-1:123456789012:cluster/orders/1',
    deliveryStreamArn: 'arn',
    region: 'eu-west-1',
    records: ['foo', 'bar', 'bad'].map((text, n) => ({
      recordId: `r${n}`,
      approximateArrivalTimestamp: 1_716_369_573_887,
      mskRecordMetadata: { offset: `${n}`, partitionId: '1', approximateArrivalTimestamp: 1_716_369_573_887 },
      kafkaRecordValue: Buffer.from(text).toString('base64'),
    })),
  }

  test('the value stands under its own name in the answer too', async () => {
    const handler = async (text: string) => {
      if (text === 'bad') throw new Error('bad')
      return text === 'bar' ? { recordId: 'r1', result: 'Ok' as const, kafkaRecordValue: 'QkFS' } : text.toUpperCase()
    }
    const { records } = await processBatch(event, handler, { payload: textPayload() })
    expect(records).toEqual([
      { recordId: 'r0', result: 'Ok', kafkaRecordValue: 'Rk9P' },
      { recordId: 'r1', result: 'Ok', kafkaRecordValue: 'QkFS' },
      { recordId: 'r2', result: 'ProcessingFailed', kafkaRecordValue: 'YmFk' },
    ])
  })
})

describe('a response of Firehose that would be too large', () => {
  const MAX = 6_081_740
  const eventOf = (sizes: readonly number[]) => ({
    deliveryStreamArn: 'arn',
    records: sizes.map((size, n) => ({ recordId: `r${n}`, data: Buffer.alloc(size, n).toString('base64') })),
  })

  test('is cut to 5.8 MiB: what does not fit fails with its own data and is told, and every record is answered', async () => {
    const event = eventOf(Array.from({ length: 12 }, () => 300_000))
    const heard: unknown[] = []
    const response = await processBatch(event, async (bytes) => Buffer.concat([bytes, bytes]), {
      payload: bytesPayload(),
      onFailure: ({ id }, error) => heard.push([id, (error as { code: string }).code]),
    })
    expect(Buffer.byteLength(JSON.stringify(response))).toBeLessThanOrEqual(MAX)
    expect(response.records.map(({ recordId }) => recordId)).toEqual(event.records.map(({ recordId }) => recordId))
    const failed = response.records.filter(({ result }) => result === 'ProcessingFailed')
    expect(failed).toHaveLength(9)
    expect(failed.map(({ data }) => data)).toEqual(event.records.slice(3).map(({ data }) => data))
    expect(heard).toEqual(failed.map(({ recordId }) => [recordId, 'LIMIT_EXCEEDED']))
  })

  test('a response goes out at the deadline though onFailure never settles', async () => {
    const end = performance.now() + 60
    const context = { getRemainingTimeInMillis: () => end - performance.now() }
    const { records } = await processBatch(eventOf([10]), async () => Buffer.alloc(1000), {
      payload: bytesPayload(),
      maxResponseBytes: 100,
      context,
      reserveMs: 40,
      onFailure: () => new Promise(() => {}),
    })
    expect(records).toMatchObject([{ result: 'ProcessingFailed' }])
    expect(context.getRemainingTimeInMillis()).toBeGreaterThan(0)
  })

  test.each([0, -1, Number.NaN, '1'])('maxResponseBytes %s is refused', async (maxResponseBytes) => {
    const options = { payload: bytesPayload(), maxResponseBytes: maxResponseBytes as number }
    await expect(processBatch(eventOf([1]), async () => {}, options)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })
})
