import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { bytesGiven, inputOf } from '../../../src/codecs/input/input-of.ts'
import { type ByteSource, bytesSource, isByteSource, isBytes } from '../../../src/codecs/input/source.ts'
import { isMillraceError } from '../../../src/errors.ts'
import { collectBytes, stream } from '../../support/streams.ts'

const BYTES = Uint8Array.of(1, 2, 3, 4, 5, 6)

function failureOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (isMillraceError(error, 'TYPE_MISMATCH')) return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}

async function bytesOf(given: unknown): Promise<Uint8Array> {
  const input = inputOf('read', given)
  if (isBytes(input)) return input
  return collectBytes(isByteSource(input) ? input.stream() : input)
}

describe('the input of', () => {
  const { buffer } = BYTES
  test.each<[string, () => unknown]>([
    ['bytes', () => BYTES],
    ['a Buffer', () => Buffer.from(BYTES)],
    ['an ArrayBuffer', () => buffer],
    ['a SharedArrayBuffer', () => sharedBytes()],
    ['a DataView', () => new DataView(new Uint8Array([9, ...BYTES, 9]).buffer, 1, 6)],
    ['a view of larger numbers', () => new Uint16Array(buffer)],
    ['a Blob', () => new Blob([BYTES])],
    ['a source', () => bytesSource(BYTES)],
    ['a stream', () => stream([BYTES.subarray(0, 2), BYTES.subarray(2)])],
    ['a stream of Node', () => Readable.from([BYTES])],
    ['a stream of the web', () => new Blob([BYTES]).stream()],
    ['a response', () => new Response(BYTES)],
    ['a result of GetObject with a stream', () => ({ Body: Readable.from([BYTES]) })],
    ['a result of GetObject with bytes', () => ({ Body: BYTES })],
    ['a result of GetObject with a Blob', () => ({ Body: new Blob([BYTES]) })],
  ])('%s', async (_, given) => {
    expect(new Uint8Array(await bytesOf(given()))).toEqual(BYTES)
  })

  test('bytes, sources and streams are they themselves, views share their memory', () => {
    const source = bytesSource(BYTES)
    const chunks = stream([BYTES])
    expect([inputOf('read', BYTES), inputOf('read', source), inputOf('read', chunks)]).toEqual([BYTES, source, chunks])
    expect(inputOf('read', BYTES)).toBe(BYTES)
    expect(inputOf('read', source)).toBe(source)
    expect(inputOf('read', chunks)).toBe(chunks)
    expect((inputOf('read', new DataView(BYTES.buffer, 2, 3)) as Uint8Array).buffer).toBe(BYTES.buffer)
  })

  test('a response without a body: no bytes', async () => {
    expect(await bytesOf(new Response(null))).toEqual(new Uint8Array(0))
    expect(await bytesOf(new Response(null, { status: 204 }))).toEqual(new Uint8Array(0))
  })

  test('a Blob can be read by range, and again', async () => {
    const source = inputOf('read', new Blob([BYTES])) as ByteSource
    expect(source.size).toBe(6)
    expect(await source.read(1, 3)).toEqual(Uint8Array.of(2, 3))
    expect(await source.read(4, 99)).toEqual(Uint8Array.of(5, 6))
    expect(await collectBytes(source.stream({ start: 2 }))).toEqual(Uint8Array.of(3, 4, 5, 6))
    expect(await collectBytes(source.stream({ start: 2, end: 4 }))).toEqual(Uint8Array.of(3, 4))
    expect(await collectBytes(source.stream({ start: 5, end: 99 }))).toEqual(Uint8Array.of(6))
    expect(await collectBytes(source.stream())).toEqual(BYTES)
  })

  test.each<[string, unknown, RegExp]>([
    ['text', '{"a":1}', /^read: the source must be bytes.* not a string; write new TextEncoder\(\)\.encode\(text\)$/],
    ['empty text', '', /not an empty string; write new TextEncoder/],
    ['nothing', undefined, /not undefined; a stream or a ByteSource goes to read of a codec/],
    ['null', null, /not null; a stream/],
    ['a number', 7, /not a number; a stream/],
    ['an object', { a: 1 }, /not an object; a stream/],
    ['an array', [1, 2], /not an array; a stream/],
    ['a function', () => {}, /not a function|not the function/],
    ['a promise', Promise.resolve(BYTES), /not a Promise; await it first/],
    ['an object with a slice', { slice: () => BYTES }, /not an object/],
    ['a Body of text', { Body: 'text' }, /not a string; write new TextEncoder/],
    ['a Body of nothing', { Body: null }, /not null/],
    ['a function that iterates', Object.assign(() => {}, { [Symbol.asyncIterator]: () => ({}) }), /not/],
    ['a response of text', { body: 'text', arrayBuffer: () => {} }, /not a string/],
  ])('%s is refused', (_, given, message) => {
    expect(failureOf(() => inputOf('read', given))).toMatch(message)
  })
})

function sharedBytes(): SharedArrayBuffer {
  const shared = new Uint8Array(new SharedArrayBuffer(6))
  shared.set(BYTES)
  return shared.buffer
}

describe('the bytes of a synchronous function', () => {
  test('are any view or buffer, without a copy', () => {
    expect(bytesGiven('decode', BYTES)).toBe(BYTES)
    const view = bytesGiven('decode', new DataView(BYTES.buffer, 1, 2))
    expect([view, view.buffer === BYTES.buffer]).toEqual([Uint8Array.of(2, 3), true])
    expect(bytesGiven('decode', BYTES.buffer)).toEqual(BYTES)
  })

  test.each<[string, unknown, string]>([
    [
      'text',
      'a',
      'decode: the first argument must be bytes in memory, not a string; write new TextEncoder().encode(text)',
    ],
    ['a Blob', new Blob([]), 'not a Blob; write new Uint8Array(await it.arrayBuffer())'],
    ['a response', new Response(''), 'not a Response; write new Uint8Array(await it.arrayBuffer())'],
    ['a result of GetObject', { Body: stream([BYTES]) }, 'write await it.Body.transformToByteArray()'],
    ['a promise', Promise.resolve(BYTES), 'not a Promise; await it first'],
    ['a stream', stream([BYTES]), 'a stream or a ByteSource goes to read of a codec, such as csv().read(source)'],
    ['a source', bytesSource(BYTES), 'a stream or a ByteSource goes to read of a codec, such as csv().read(source)'],
    ['nothing', undefined, 'not undefined; a stream or a ByteSource'],
  ])('%s is refused, with how to convert it', (_, given, message) => {
    expect(failureOf(() => bytesGiven('decode', given))).toContain(message)
  })
})
