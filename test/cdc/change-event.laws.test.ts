import fc from 'fast-check'
import { expect } from 'vitest'
import {
  type ChangeEvent,
  compactChanges,
  compareSequences,
  deserializeImage,
  detectImageChanges,
  padSequence,
  readChanges,
  toEnvelope,
  toRow,
} from '../../src/cdc/index.ts'
import { isMillraceError } from '../../src/errors.ts'
import { arbitraryChange, arbitraryDynamoDBStreamEvent, arbitraryImage } from '../../src/testing/index.ts'
import { law } from '../support/law.ts'

const runs = 1000

const event = arbitraryDynamoDBStreamEvent({ image: arbitraryImage() as never })

law(
  'readChanges: one record is the same change through streams, Kinesis and Pipes, except for fields that Kinesis lacks',
  fc.property(event, ({ Records }) => {
    const direct = valuesOf(readChanges({ Records }))
    const json = Records.map(({ eventSourceARN, ...record }) => ({
      ...record,
      dynamodb: { ...record.dynamodb, SequenceNumber: undefined },
      tableName: eventSourceARN?.split('/')[1],
      recordFormat: 'application/json',
    }))
    const kinesis = json.map((each, index) => ({
      eventSource: 'aws:kinesis',
      kinesis: {
        data: Buffer.from(JSON.stringify(each)).toString('base64'),
        partitionKey: 'k',
        sequenceNumber: `${index}`,
      },
    }))
    expect(valuesOf(readChanges(Records))).toEqual(direct.map((change) => ({ ...change, transport: 'pipes' })))
    const bare = direct.map(({ sequence, ...change }) => ({ ...change, transport: 'kinesis' }))
    expect(valuesOf(readChanges({ Records: kinesis }))).toEqual(bare)
  }),
  { runs },
)

law(
  'readChanges: an INSERT has no before, a REMOVE no after; changed is computed from the images, or undefined',
  fc.property(event, fc.boolean(), ({ Records }, addsImages) => {
    const image = { id: { N: '1' } }
    const records = Records.map((record) =>
      addsImages ? { ...record, dynamodb: { ...record.dynamodb, NewImage: image, OldImage: image } } : record,
    )
    valuesOf(readChanges({ Records: records })).forEach((change, index) => {
      const { OldImage, NewImage } = records[index]?.dynamodb ?? {}
      if (change.type === 'INSERT') expect(change).not.toHaveProperty('before')
      if (change.type === 'REMOVE') expect(change).not.toHaveProperty('after')
      const isTold = change.type === 'MODIFY' ? OldImage && NewImage : (change.before ?? change.after)
      if (!isTold) expect(change).not.toHaveProperty('changed')
      else if (change.type === 'MODIFY')
        expect(change.changed).toEqual(detectImageChanges(OldImage as never, NewImage as never))
      else expect(change.changed).toEqual(Object.keys(isTold).sort())
    })
  }),
  { runs },
)

law(
  'readChanges: images equal the result of deserializeImage, and the event is not modified',
  fc.property(event, (whole) => {
    const copy = structuredClone(whole)
    valuesOf(readChanges(whole)).forEach(({ type, keys, before, after }, index) => {
      const { Keys, NewImage, OldImage } = copy.Records[index]?.dynamodb ?? {}
      expect(keys).toEqual(deserializeImage(Keys as never))
      if (NewImage !== undefined && type !== 'REMOVE') expect(after).toEqual(deserializeImage(NewImage as never))
      if (OldImage !== undefined && type !== 'INSERT') expect(before).toEqual(deserializeImage(OldImage as never))
    })
    expect(whole).toEqual(copy)
  }),
  { runs },
)

law(
  'readChanges: any JSON returns results or throws a typed error',
  fc.property(fc.oneof(fc.jsonValue(), damagedEvent()), (json) => {
    try {
      for (const result of readChanges(json)) if (!result.ok) expect(isMillraceError(result.error)).toBe(true)
    } catch (error) {
      expect(isMillraceError(error, 'EVENT_INVALID')).toBe(true)
    }
  }),
  { runs: 3000 },
)

const sequence = fc.bigInt({ min: 0n, max: 10n ** 40n - 1n }).map(String)

law(
  'padSequence: padded text sorts like the numbers, and so does compareSequences',
  fc.property(sequence, sequence, (left, right) => {
    const expected = Math.sign(Number(BigInt(left) - BigInt(right)))
    const [first, second] = [padSequence(left), padSequence(right)]
    expect(first < second ? -1 : first > second ? 1 : 0).toBe(expected)
    expect(Math.sign(compareSequences(left, right))).toBe(expected)
    expect(Math.sign(compareSequences(first, right))).toBe(expected)
    expect(BigInt(first)).toBe(BigInt(left))
  }),
  { runs },
)

law(
  'toEnvelope, toRow: round-trip through JSON without loss',
  fc.property(arbitraryChange(), (change) => {
    const envelope = toEnvelope(change)
    expect(JSON.parse(JSON.stringify(envelope))).toEqual(envelope)
    expect(Object.keys(envelope.after ?? {})).toEqual(Object.keys(change.after ?? {}))
    const row = toRow(change)
    expect(JSON.parse(JSON.stringify(row))).toEqual(row)
    const item = change.after ?? change.before ?? change.keys
    expect(Object.keys(row).length).toBe(Object.keys(item).length + 7)
    for (const value of Object.values(row)) expect(value === null || typeof value !== 'object').toBe(true)
  }),
  { runs },
)

const changes = fc.array(arbitraryChange({ image: fc.constant({}) }), { maxLength: 20 })

law(
  'compactChanges: one change per item, the last of its sequence, in any order of arrival',
  fc.property(changes, fc.infiniteStream(fc.nat()), (list, numbers) => {
    const distinct = list.filter(
      ({ sequence: one }, index) => list.findIndex((other) => other.sequence === one) === index,
    )
    const shuffled = distinct
      .map((change) => ({ change, order: numbers.next().value }))
      .sort((a, b) => a.order - b.order)
    const expected = latestOf(distinct)
    expect(byKey(compactChanges(shuffled.map(({ change }) => change)))).toEqual(expected)
    // By time, where sequence numbers are absent: they rise together.
    const timed = shuffled.map(({ change: { sequence: _, ...change } }) => change)
    expect(byKey(compactChanges(timed)).map(([key, { id }]) => [key, id])).toEqual(
      expected.map(([key, { id }]) => [key, id]),
    )
  }),
  { runs },
)

law(
  'compactChanges: idempotent, also under duplicate delivery',
  fc.property(changes, fc.constantFrom('sequence', 'time', 'arrival'), (list, by) => {
    const given = list.map(({ sequence: order, time, timeUs, ...change }, index): ChangeEvent => {
      const identified = { ...change, id: `e${index}` }
      if (by === 'arrival') return identified
      if (by === 'time') return { ...identified, timeUs: (timeUs ?? 0n) % 3n }
      return { ...identified, ...(order !== undefined && { sequence: order }) }
    })
    const once = compactChanges(given)
    expect(compactChanges(once)).toEqual(once)
    expect(compactChanges([...given, ...given])).toEqual(once)
    expect(compactChanges([...given, ...given.slice(0, 5)])).toEqual(once)
  }),
  { runs },
)

function valuesOf(results: ReturnType<typeof readChanges>): ChangeEvent[] {
  return results.map((result) => {
    if (!result.ok) throw result.error
    return result.value
  })
}

function latestOf(list: readonly ChangeEvent[]): [unknown, ChangeEvent][] {
  const latest = new Map<unknown, ChangeEvent>()
  for (const change of list) {
    const known = latest.get(change.keys['id'])
    if (known === undefined || BigInt(change.sequence ?? 0) > BigInt(known.sequence ?? 0))
      latest.set(change.keys['id'], change)
  }
  return byKey([...latest.values()])
}

function byKey(list: readonly ChangeEvent[]): [unknown, ChangeEvent][] {
  return list
    .map((change): [unknown, ChangeEvent] => [change.keys['id'], change])
    .sort(([left], [right]) => Number(left) - Number(right))
}

/** Events in which one value, anywhere, is another one. */
function damagedEvent(): fc.Arbitrary<unknown> {
  return fc.tuple(event, fc.jsonValue(), fc.infiniteStream(fc.nat())).map(([whole, value, picks]) => {
    const copy = { whole: structuredClone(whole) as unknown }
    let parent: Record<string, unknown> = copy
    let name = 'whole'
    for (let depth = picks.next().value % 8; depth > 0; depth--) {
      const next = parent[name]
      if (typeof next !== 'object' || next === null || Object.keys(next).length === 0) break
      const names = Object.keys(next)
      parent = next as Record<string, unknown>
      name = names[picks.next().value % names.length] ?? ''
    }
    Object.defineProperty(parent, name, { value, writable: true, enumerable: true, configurable: true })
    return copy.whole
  })
}
