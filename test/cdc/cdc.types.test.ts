import type { AttributeValue as SdkValue } from '@aws-sdk/client-dynamodb'
import type { AttributeValue as LambdaValue } from 'aws-lambda'
import { describe, expectTypeOf, test } from 'vitest'
import {
  type ChangeEvent,
  changePayload,
  deserializeImage,
  detectChanges,
  diff,
  type Image,
  type Item,
  readChanges,
  serializeImage,
  toRow,
} from '../../src/cdc/index.ts'
import { tableFromChanges } from '../../src/cdc/table/index.ts'
import type { PayloadDecoder } from '../../src/events/index.ts'
import type { Result } from '../../src/result.ts'

describe('cdc types', () => {
  test("images are what the SDK's clients give, what Lambda's declarations say, and literals", () => {
    expectTypeOf<Record<string, SdkValue>>().toExtend<Image>()
    expectTypeOf<{ [name: string]: LambdaValue }>().toExtend<Image>()
    expectTypeOf(deserializeImage({ a: { S: 'x' }, b: { L: [{ NULL: true }] } })).toEqualTypeOf<Item>()
  })

  test('what is written back goes to the SDK', () => {
    expectTypeOf(serializeImage({ a: 1 })).toExtend<Record<string, SdkValue>>()
    expectTypeOf(serializeImage({ a: 1 }, { binary: 'base64' })).toExtend<Record<string, LambdaValue>>()
    expectTypeOf(serializeImage({ a: 1 })).toExtend<Image>()
    // @ts-expect-error: a number is text in DynamoDB's JSON
    deserializeImage({ a: { N: 1 } })
  })

  test('options are literals', () => {
    deserializeImage({}, { numbers: 'bigint', binary: 'base64', sets: 'array' })
    // @ts-expect-error: no such way to read numbers
    deserializeImage({}, { numbers: 'float' })
    // @ts-expect-error: maxDepth is of images, keys of rows are no options of it
    readChanges({}, { ops: 'IUD' })
  })

  test('a change tells its parts', () => {
    expectTypeOf(readChanges).returns.toEqualTypeOf<Result<ChangeEvent>[]>()
    expectTypeOf(changePayload()).toEqualTypeOf<PayloadDecoder<ChangeEvent>>()
    expectTypeOf<ChangeEvent['timeUs']>().toEqualTypeOf<bigint | undefined>()
    expectTypeOf(toRow).parameter(1).toExtend<{ ops?: 'cud' | 'IUD' } | undefined>()
    expectTypeOf(tableFromChanges).parameter(0).toEqualTypeOf<Iterable<ChangeEvent>>()
  })

  test('nothing before, or after, is undefined or null', () => {
    expectTypeOf(detectChanges(undefined, null)).toEqualTypeOf<string[]>()
    expectTypeOf(diff({ a: 1 }, null)[0]?.op).toEqualTypeOf<'add' | 'remove' | 'replace' | undefined>()
  })
})
