import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8Bytes } from '../../src/send/entry-rules.ts'
import { imageBytes } from '../../src/send/image-bytes.ts'
import { itemKey } from '../../src/send/item-key.ts'
import { attributesBytes } from '../../src/send/message-rules.ts'
import { answersById, answersByIndex } from '../../src/send/read-answers.ts'
import { law } from '../support/law.ts'

const codeUnits = (bytes: number) => 'x'.repeat(bytes)

law(
  'utf8Bytes: as many as an encoder writes, for text of any length; undefined for a lone surrogate',
  fc.property(
    fc.array(fc.constantFrom('a', '\x7f', '\x80', 'é', '€', '😀', '\ud800', '\udc00'), { maxLength: 4 }),
    fc.integer({ min: 0, max: 40 }),
    (parts, padding) => {
      const text = codeUnits(padding) + parts.join('')
      const bytes = Buffer.from(text)
      expect(utf8Bytes(text)).toBe(bytes.toString() === text ? bytes.length : undefined)
    },
  ),
)

describe('imageBytes', () => {
  test.each<[string, unknown, number]>([
    ['nothing', {}, 0],
    ['text', { é: { S: 'a€' } }, 6],
    ['a number of one digit', { n: { N: '5' } }, 3],
    ['a number of three digits', { n: { N: '123' } }, 4],
    ['zeros at either end', { n: { N: '0.0012300' } }, 4],
    ['zero', { n: { N: '0' } }, 2],
    ['a negative number', { n: { N: '-12' } }, 4],
    ['an exponent, of either case', { n: { N: '1e10' }, m: { N: '1E10' } }, 6],
    ['bytes', { b: { B: new Uint8Array(3) } }, 4],
    ['null and flags', { a: { NULL: true }, b: { BOOL: false } }, 4],
    ['a map', { m: { M: { a: { S: 'b' } } } }, 1 + 3 + 1 + 1 + 1],
    ['a list', { l: { L: [{ S: 'b' }, { S: 'c' }] } }, 1 + 3 + 2 + 2],
    ['a set of text', { s: { SS: ['a', 'bc'] } }, 4],
    ['a set of numbers', { s: { NS: ['1', '2'] } }, 5],
    ['a set of bytes', { s: { BS: [new Uint8Array([1]), new Uint8Array([2])] } }, 3],
    ['fields that are not there', { a: undefined, b: { S: 'c', N: undefined } }, 2],
  ])('%s', (_, image, bytes) => {
    expect(imageBytes(image)).toBe(bytes)
  })

  test.each<[string, unknown, readonly string[]]>([
    ['no object', null, []],
    ['undefined', undefined, []],
    ['text', 'text', []],
    ['a function', () => {}, []],
    ['a list', [], []],
    ['a plain value', { a: 'b' }, ['a']],
    ['two types', { a: { S: 'b', N: '1' } }, ['a']],
    ['no type', { a: {} }, ['a']],
    ['a flag that is text', { a: { BOOL: 'true' } }, ['a']],
    ['a map that is null', { a: { M: null } }, ['a']],
    ['a map that is a function', { a: { M: () => {} } }, ['a']],
    ['a list that is a map', { a: { L: {} } }, ['a']],
    ['a bad member of a list', { a: { M: { b: { L: [{ S: 'x' }, { S: 1 }] } } } }, ['a', 'b', '1']],
    ['a bad member after a good one', { a: { M: { x: { S: 'x' } } }, b: { S: 1 } }, ['b']],
    ['a bad member after a list', { a: { L: [{ S: 'x' }] }, b: { S: 1 } }, ['b']],
    ['an empty set', { a: { NS: [] } }, ['a']],
    ['a set that is text', { a: { SS: 'ab' } }, ['a']],
    ['equal numbers', { a: { NS: ['1', '1.0'] } }, ['a']],
    ['equal bytes', { a: { BS: [new Uint8Array([1]), new Uint8Array([1])] } }, ['a']],
    ['a number that is text', { a: { N: '1x' } }, ['a']],
    ['a number of 39 digits', { a: { N: '1'.repeat(39) } }, ['a']],
    ['a number that begins with 0', { a: { N: '0x1' } }, ['a']],
    ['a lone surrogate', { a: { S: '\ud800' } }, ['a']],
    ['a lone surrogate in a name', { '\udc00': { S: 'a' } }, ['\udc00']],
  ])('refuses %s, and names where', (_, image, path) => {
    expect(() => imageBytes(image)).toThrow(expect.objectContaining({ code: 'ATTRIBUTE_INVALID', path }))
  })

  test('32 levels are the most, whatever they are', () => {
    const nest = (depth: number, inner: (value: object) => object): object => {
      let value: object = { S: 'x' }
      for (let level = 0; level < depth; level++) value = inner(value)
      return { a: value }
    }
    for (const inner of [(value: object) => ({ M: { a: value } }), (value: object) => ({ L: [value] })]) {
      expect(imageBytes(nest(32, inner))).toBeGreaterThan(0)
      expect(() => imageBytes(nest(33, inner))).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
    }
  })
})

describe('itemKey', () => {
  const bytes = (length: number) => ({ B: new Uint8Array(length) })

  test('is one text for each key', () => {
    const keys: [object, object][] = [
      [{ S: 'a' }, { S: 'bc' }],
      [{ S: 'ab' }, { S: 'c' }],
      [{ S: '1' }, { S: 'c' }],
      [{ N: '1' }, { S: 'c' }],
      [{ N: '2' }, { S: 'c' }],
      [bytes(1), { S: 'c' }],
      [bytes(2), { S: 'c' }],
      [bytes(2), { N: '3' }],
    ]
    const texts = keys.map(([pk, sk]) => itemKey({ pk, sk }, ['pk', 'sk']))
    expect(new Set(texts).size).toBe(keys.length)
    expect(itemKey({ pk: { N: '10' } }, ['pk'])).toBe(itemKey({ pk: { N: '1.0E1' } }, ['pk']))
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['empty text', { S: '' }],
    ['empty bytes', bytes(0)],
    ['a flag', { BOOL: true }],
    ['a number that is none', { N: 'x' }],
    ['a number that is no text', { N: 1 }],
  ])('refuses %s as a part of a key', (_, pk) => {
    expect(() => itemKey({ pk }, ['pk'])).toThrow(expect.objectContaining({ code: 'ATTRIBUTE_INVALID', path: ['pk'] }))
  })

  test('looks at own attributes alone', () => {
    expect(() => itemKey(Object.create({ pk: { S: 'a' } }), ['pk'])).toThrow(/key attribute/)
  })

  test.each([
    ['pk', 2048],
    ['sk', 1024],
  ])('%s has at most %i bytes', (name, most) => {
    const keyOf = (value: object) => itemKey({ pk: { S: 'a' }, sk: { S: 'a' }, [name]: value }, ['pk', 'sk'])
    expect(keyOf(bytes(most))).toBeTypeOf('string')
    expect(keyOf({ S: codeUnits(most) })).toBeTypeOf('string')
    const tooLong = expect.objectContaining({ code: 'LIMIT_EXCEEDED', path: [name] })
    expect(() => keyOf(bytes(most + 1))).toThrow(tooLong)
    expect(() => keyOf({ S: `é${codeUnits(most - 1)}` })).toThrow(tooLong)
  })
})

describe('attributes of messages', () => {
  const bytesOf = (MessageAttributes: unknown, most = 10) => attributesBytes({ MessageAttributes } as never, most)
  const text = { DataType: 'String', StringValue: 'ab' }

  test('count by names, types and values', () => {
    expect(bytesOf(undefined)).toBe(0)
    expect(bytesOf({})).toBe(0)
    expect(bytesOf({ name: text, 'a-b.c_D': text })).toBe(4 + 6 + 2 + 7 + 6 + 2)
    expect(bytesOf({ a: { DataType: 'Binary', BinaryValue: new Uint8Array(3) } })).toBe(1 + 6 + 3)
    expect(bytesOf({ a: { DataType: 'Number.é', StringValue: '1' } })).toBe(1 + 9 + 1)
    expect(bytesOf({ ['a'.repeat(256)]: text }, 1)).toBe(256 + 6 + 2)
  })

  test.each<[string, unknown, string]>([
    ['null', null, 'TYPE_MISMATCH'],
    ['text', 'text', 'TYPE_MISMATCH'],
    ['more than there may be', { a: text, b: text }, 'LIMIT_EXCEEDED'],
    ['an empty name', { '': text }, 'TYPE_MISMATCH'],
    ['a name of AWS', { 'aws.a': text }, 'TYPE_MISMATCH'],
    ['a name of Amazon', { 'Amazon.a': text }, 'TYPE_MISMATCH'],
    ['a name that begins with a dot', { '.a': text }, 'TYPE_MISMATCH'],
    ['a name that ends with a dot', { 'a.': text }, 'TYPE_MISMATCH'],
    ['a name with two dots', { 'a..b': text }, 'TYPE_MISMATCH'],
    ['a name with a blank', { 'a b': text }, 'TYPE_MISMATCH'],
    ['a name of 257', { ['a'.repeat(257)]: text }, 'LIMIT_EXCEEDED'],
    ['no type', { a: { StringValue: 'a' } }, 'TYPE_MISMATCH'],
    ['a type of its own', { a: { DataType: 'MyString', StringValue: 'a' } }, 'TYPE_MISMATCH'],
    ['a type that goes on', { a: { DataType: 'Strings', StringValue: 'a' } }, 'TYPE_MISMATCH'],
    ['text as bytes', { a: { DataType: 'Binary', StringValue: 'a' } }, 'TYPE_MISMATCH'],
    ['bytes as text', { a: { DataType: 'String', BinaryValue: new Uint8Array(1) } }, 'TYPE_MISMATCH'],
    ['no bytes', { a: { DataType: 'Binary', BinaryValue: new Uint8Array(0) } }, 'TYPE_MISMATCH'],
    ['a lone surrogate in the type', { a: { DataType: 'String.\ud800', StringValue: 'a' } }, 'ENCODING_INVALID'],
  ])('refuse %s', (_, attributes, code) => {
    expect(() => bytesOf(attributes, 1)).toThrow(expect.objectContaining({ code }))
  })
})

describe('answers', () => {
  interface Entry {
    readonly Id?: string
    readonly Name?: string
    readonly ErrorCode?: string
  }
  const idOf = ({ Name }: Entry) => Name
  test('by index: an empty code is none, and codes are final with and without their suffix', () => {
    const finalCodes = new Set(['Bad', 'BadExceptionOnce'])
    const entries: Entry[] = [
      { ErrorCode: '', Name: 'a' },
      { ErrorCode: null as never, Name: 'b' },
      { ErrorCode: 'Bad' },
      { ErrorCode: 'BadException' },
      { ErrorCode: 'BadExceptionOnce' },
      { ErrorCode: 'Slow' },
      {},
    ]
    expect(answersByIndex(7, entries, 4, idOf, finalCodes)).toEqual([
      'a',
      'b',
      { code: 'Bad', isFinal: true },
      { code: 'BadException', isFinal: true },
      { code: 'BadExceptionOnce', isFinal: true },
      { code: 'Slow', isFinal: false },
      undefined,
    ])
    expect(answersByIndex<Entry>(1, [{ ErrorCode: 'Bad' }], 1, idOf)).toEqual([{ code: 'Bad', isFinal: false }])
  })

  test('by index: another length, or more failures than there are, say nothing of what seems stored', () => {
    expect(answersByIndex(2, [{ Name: 'a' }], 0, idOf)).toEqual([])
    expect(answersByIndex(1, undefined, 0, idOf)).toEqual([])
    const entries: Entry[] = [{ Name: 'a' }, { ErrorCode: 'Slow' }]
    const slow = { code: 'Slow', isFinal: false }
    expect(answersByIndex(2, entries, 2, idOf)).toEqual([undefined, slow])
    for (const count of [0, 1, undefined]) expect(answersByIndex(2, entries, count, idOf)).toEqual(['a', slow])
  })

  test('by id: in any order; what was never sent leaves the rest in doubt', () => {
    const name = (Id: string, Name = `n${Id}`) => ({ Id, Name })
    const failed = { Id: '1', Code: 'Bad', SenderFault: true }
    expect(answersById(3, [name('2'), { Id: '0' } as never], [failed], idOf)).toEqual([
      '',
      { code: 'Bad', isFinal: true },
      'n2',
    ])
    expect(answersById(2, undefined, [{ Id: '0', Code: 'Slow' }], idOf)).toEqual([
      { code: 'Slow', isFinal: false },
      undefined,
    ])
    expect(answersById(2, [name('0'), name('0')], undefined, idOf)).toEqual([null, undefined])
    for (const stranger of ['2', '10', 'x', undefined as never]) {
      expect(answersById(2, [name('0'), name(stranger)], undefined, idOf)).toEqual(['n0', null])
    }
  })
})
