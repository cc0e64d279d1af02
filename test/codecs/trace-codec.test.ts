import { describe, expect, test } from 'vitest'
import { bytesSource, decodeCsv, decodeJson, encodeCsv, encodeJson, tableFromRows } from '../../src/codecs/index.ts'
import { sizeOf } from '../../src/codecs/inflated-source.ts'
import { defaultInflatedBytes, streamedInflatedBytes } from '../../src/codecs/limits.ts'
import { countedInput, countingRefused, readMessage } from '../../src/codecs/trace-codec.ts'
import { collect, stream } from '../support/streams.ts'
import { endsOf, heardOf } from '../telemetry/support.ts'

const GIB = 1024 ** 3

test('a compressed file may inflate to 64 times its size, at least to 256 MiB, and as a stream to 16 GiB', () => {
  expect([0, 2 ** 22, 2 ** 23].map(defaultInflatedBytes)).toEqual([GIB / 4, GIB / 4, GIB / 2])
  expect([0, GIB / 4, GIB].map(streamedInflatedBytes)).toEqual([16 * GIB, 16 * GIB, 64 * GIB])
})

test('the size of an input is that of its bytes or its source, and 0 while unknown', () => {
  const { size: _, ...sizeless } = bytesSource(new Uint8Array(7))
  const inputs = [new Uint8Array(7), bytesSource(new Uint8Array(7)), sizeless, stream([new Uint8Array(7)])]
  expect(inputs.map(sizeOf)).toEqual([7, 7, 0, 0])
})

describe('an input that is counted', () => {
  const counted = <Input extends Parameters<typeof countedInput>[0]>(input: Input) => {
    const message = readMessage('csv')
    return { input: countedInput(input, message) as Input, message }
  }

  test('is the bytes themselves, or counts its chunks', async () => {
    const bytes = new Uint8Array(5)
    const whole = counted(bytes)
    expect([whole.input === bytes, whole.message.bytes]).toEqual([true, 5])
    const parts = counted(stream([bytes, bytes]))
    expect(await collect(parts.input)).toEqual([bytes, bytes])
    expect(parts.message).toEqual({ format: 'csv', bytes: 10, rows: 0, batches: 0, refused: {} })
    const text = counted(stream(['abc', bytes] as unknown as Uint8Array[]))
    await collect(text.input)
    expect(text.message.bytes).toBe(5)
  })

  test('is a source that counts the ranges taken from it, and has the fields of the other alone', async () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5)
    const { input, message } = counted(bytesSource(bytes))
    expect([...(await input.read(1, 3))]).toEqual([2, 3])
    expect(message.bytes).toBe(2)
    expect(Buffer.concat(await collect(input.stream({ start: 2 }))).length).toBe(3)
    expect([message.bytes, input.size, Object.keys(input).includes('size')]).toEqual([5, 5, true])
    const { size: _, length: __, ...bare } = bytesSource(bytes)
    expect(Object.keys(counted(bare).input).sort()).toEqual(['read', 'size', 'stream'])
    expect(await counted({ ...bare, length: async () => 5 }).input.length?.()).toBe(5)
  })
})

test('rejected rows are counted by code, and passed on; without a subscriber the settings stay as they are', () => {
  const seen: unknown[] = []
  const settings = { onInvalidRow: (row: unknown) => void seen.push(row) }
  const message = readMessage('csv')
  const row = { line: 1, row: 1, reason: 'no', code: 'CSV_INVALID' } as const
  const counting = countingRefused(settings, message)
  counting.onInvalidRow(row)
  counting.onInvalidRow({ ...row, code: 'TYPE_MISMATCH' })
  counting.onInvalidRow(row)
  expect([message.refused, seen.length]).toEqual([{ CSV_INVALID: 2, TYPE_MISMATCH: 1 }, 3])
  expect(countingRefused(settings, undefined)).toBe(settings)
  const none = {}
  expect(countingRefused(none, message)).toBe(none)
})

test('whole tables are one operation each', async () => {
  const table = tableFromRows([{ id: 1n }, { id: 2n }])
  const { heard } = await heardOf(async () => {
    decodeCsv(encodeCsv(table))
    decodeJson(encodeJson(table))
    decodeCsv(Buffer.from('a,b\n1,2\n3\n'), { onInvalidRow: () => {} })
  })
  const json = encodeJson(table).length
  expect(endsOf(heard, 'write')).toEqual([
    { format: 'csv', bytes: 7, rows: 2 },
    { format: 'json', bytes: json, rows: 2 },
  ])
  expect(endsOf(heard, 'read')).toEqual([
    { format: 'csv', bytes: 7, rows: 2, batches: 1, refused: {} },
    { format: 'json', bytes: json, rows: 2, batches: 1, refused: {} },
    { format: 'csv', bytes: 10, rows: 1, batches: 1, refused: { CSV_INVALID: 1 } },
  ])
})
