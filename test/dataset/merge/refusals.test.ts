import type { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeParquet, type ParquetWriteOptions } from '../../../src/codecs/parquet/parquet.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import { mergeParquet } from '../../../src/dataset/merge/merge-parquet.ts'
import { concat, type HandmadeColumn, handmadeFile, pageV1 } from '../../codecs/parquet/support/parquet-file.ts'
import { metadataOf } from '../../codecs/parquet/support/parquet-oracles.ts'
import { BUCKET, type S3Server, startS3Server } from '../../support/s3-server.ts'
import { handmade, PLAIN } from './support/handmade-source.ts'
import { mergeSmall, SMALL_PART } from './support/merge-files.ts'

let server: S3Server
let client: S3Client
beforeAll(async () => {
  server = await startS3Server({ minPartBytes: SMALL_PART })
  client = server.client()
})
afterAll(() => server.close())

const encode = (rows: Record<string, unknown>[], options: ParquetWriteOptions = {}) =>
  encodeParquet(tableFromRows(rows), options)
const merge = (files: readonly Uint8Array[]) => mergeSmall(server, client, files)

const never = new AbortController().signal

describe('mergeParquet: what is refused, with the source at fault', () => {
  const good = handmade()
  const refused = (files: readonly Uint8Array[], code: string, index = files.length - 1, more: object = {}) =>
    expect(merge(files)).rejects.toMatchObject({ code, path: ['sources', index], ...more })

  test('no sources, and arguments of another kind', async () => {
    const target = { bucket: BUCKET, key: 'm' }
    const source = { bucket: BUCKET, key: 'a' }
    await expect(mergeParquet(client, [], target)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    await expect(mergeParquet(client, source as never, target)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    await expect(mergeParquet(client, [{ bucket: BUCKET, key: '' }], target)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
    await expect(mergeParquet({} as never, [source], target)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    await expect(mergeParquet(client, [source], { ...target, metadata: { a: 'ä' } })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
    await expect(mergeParquet(client, [source], target, { signals: never } as never)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
  })

  test('what is no Parquet file, is empty, cut off or missing', async () => {
    await refused([good, new Uint8Array(0)], 'PARQUET_INVALID')
    await refused([good, Buffer.from('id,name\n1,Ada\n2,Grace\n')], 'PARQUET_INVALID')
    await refused([good.subarray(0, -1), good], 'PARQUET_INVALID', 0)
    const long = handmade({ element: { field_20: 'x'.repeat(SMALL_PART) } })
    await refused([concat([0, 0, 0, 0], long.subarray(4)), long], 'PARQUET_INVALID', 0)
    const sources = [{ bucket: BUCKET, key: 'nowhere' }]
    await expect(mergeParquet(client, sources, { bucket: BUCKET, key: 'm' })).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      path: ['sources', 0],
    })
  })

  test('another schema, with the column', async () => {
    const cases: [Partial<HandmadeColumn>, object][] = [
      [{ name: 'b' }, { position: { column: 'b' } }],
      [{ type: 'FLOAT' }, { position: { column: 'a' } }],
      [{ optional: true, values: 1 }, {}],
      [{ element: { field_6: 6 } }, {}],
      [{ element: { field_9: 3 } }, {}],
      [{ element: { field_10: { field_6: {} } } }, {}],
      [{ element: { field_20: 1 } }, {}],
    ]
    for (const [column, more] of cases) await refused([good, good, handmade(column)], 'TYPE_MISMATCH', 2, more)
    const fixed = (typeLength: number) => handmade({ type: 'FIXED_LEN_BYTE_ARRAY', typeLength })
    await refused([fixed(4), fixed(5)], 'TYPE_MISMATCH', 1, { position: { column: 'a' } })
    const two = handmadeFile({ columns: [PLAIN, { ...PLAIN, name: 'b' }] })
    await refused([good, two], 'TYPE_MISMATCH')
    await refused([two, good], 'TYPE_MISMATCH')
    await expect(merge([good, handmade({ type: 'FLOAT' })])).rejects.toThrow('required FLOAT instead of required INT32')
  })

  test('but not one that says the same in other words', async () => {
    const older = handmade({ element: { field_6: 6 } })
    const newer = handmade({ element: { field_10: { field_6: {} } } })
    const both = handmade({ element: { field_6: 6, field_10: { field_6: {} } } })
    expect((await merge([older, newer, both])).rows).toBe(3)
    expect((await merge([good, handmade({ element: { field_6: 17 } })])).rows).toBe(2)
  })

  test('encryption, chunks in other files, and fields that may hold offsets but are not known', async () => {
    await refused([good, handmade({ encrypted: true })], 'UNSUPPORTED_FORMAT')
    await refused([good, handmade({}, { footer: { field_8: { field_1: {} } } })], 'UNSUPPORTED_FORMAT')
    await refused([good, handmade({ chunk: { field_30: 1n } })], 'UNSUPPORTED_FORMAT')
    await refused([good, handmade({}, { footer: { field_32: 'extension' } })], 'UNSUPPORTED_FORMAT')
    await refused([good, withChunkField(1, 'other.parquet')], 'PARQUET_INVALID')
    expect((await merge([good, withChunkField(1, '')])).rows).toBe(2)
    await refused([good, withChunkField(12, 'new')], 'UNSUPPORTED_FORMAT')
  })

  /** A file whose column chunk, or row group, has a field more. */
  function withChunkField(field: number, value: string): Uint8Array {
    const chunk = {
      field_1: 1,
      field_2: [0],
      field_3: ['a'],
      field_4: 0,
      field_5: 1n,
      field_6: BigInt(PLAIN.pages[0]?.length ?? 0),
      field_7: BigInt(PLAIN.pages[0]?.length ?? 0),
      field_9: 4n,
    }
    const first = field < 2 ? { [`field_${field}`]: value } : {}
    const last = field < 2 ? {} : { [`field_${field}`]: value }
    const groups = [{ field_1: [{ ...first, field_2: 4n, field_3: chunk, ...last }], field_2: 1n, field_3: 1n }]
    return handmade({}, { footer: { field_4: groups } })
  }

  test('offsets outside of the data, and counts that contradict each other', async () => {
    await refused([good, handmade({ chunk: { field_9: 3n } })], 'PARQUET_INVALID')
    await refused([good, handmade({ chunk: { field_9: 40_000n } })], 'PARQUET_INVALID')
    await refused([good, handmade({ chunk: { field_10: 40_000n } })], 'PARQUET_INVALID')
    await refused([good, handmade({}, { footer: { field_3: 5n } })], 'PARQUET_INVALID')
    await refused([good, handmade({}, { rows: 2 })], 'PARQUET_INVALID')
  })

  test('writers whose faults readers know by their name', async () => {
    await refused([good, handmade({}, { createdBy: 'parquet-mr version 1.2.8 (build 1)' })], 'UNSUPPORTED_FORMAT')
    await refused([good, handmade({}, { createdBy: 'parquet-mr' })], 'UNSUPPORTED_FORMAT')
    const deltas = { field_2: [0, 7] }
    await refused([good, handmade({ chunk: deltas }, { createdBy: 'parquet-mr version 1.7.0' })], 'UNSUPPORTED_FORMAT')
    const stats = { field_4: 1, field_13: [{ field_1: 3, field_2: 0, field_3: 1 }] }
    await refused(
      [good, handmade({ chunk: stats }, { createdBy: 'parquet-cpp version 1.5.1-SNAPSHOT' })],
      'UNSUPPORTED_FORMAT',
    )
    const fine: [Record<string, unknown>, string][] = [
      [{}, 'parquet-mr version 1.2.9'],
      [{}, 'parquet-mr version 1.7.0'],
      [deltas, 'parquet-mr version 1.8.0 (build 2)'],
      [deltas, 'parquet-mr version 1.12.3'],
      [{ ...stats, field_4: 0 }, 'parquet-cpp version 1.5.1'],
      [stats, 'parquet-cpp-arrow version 1.0.0'],
      [{}, 'parquet-cpp version 1.5.1'],
      [{}, ''],
    ]
    for (const [chunk, createdBy] of fine) {
      expect((await merge([good, handmade({ chunk: chunk as never }, { createdBy })])).rows).toBe(2)
    }
  })

  test('dates and times that Spark reads otherwise than those of the first source', async () => {
    const at = new Date('2026-01-05')
    const spark = (metadata: Record<string, string>) => encode([{ at }], { metadata })
    const version = (text: string) => ({ 'org.apache.spark.version': text })
    const legacy = { 'org.apache.spark.legacyDateTime': '' }
    await refused([await spark(version('3.5.1')), await spark(version('2.4.8'))], 'TYPE_MISMATCH')
    await refused([await spark(version('3.5.1')), await spark({ ...version('3.5.1'), ...legacy })], 'TYPE_MISMATCH')
    await refused([await spark({ ...version('3.5.1'), ...legacy }), await spark(version('3.5.1'))], 'TYPE_MISMATCH')
    const { file } = await merge([
      await spark(version('3.10.0')),
      await spark(version('3.9.2')),
      await spark(version('4.0')),
    ])
    expect(metadataOf(file).key_value_metadata).toEqual([{ key: 'org.apache.spark.version', value: '3.9.2' }])
    expect((await merge([await encode([{ a: 1 }], { metadata: legacy }), await encode([{ a: 1 }])])).rows).toBe(2)
    const int96 = { type: 'INT96', pages: [pageV1({ values: 1, body: new Uint8Array(12) })] } as const
    const keys = [{ field_1: 'org.apache.spark.version', field_2: '3.5.1' }]
    await refused([handmade(int96), handmade(int96, { footer: { field_5: keys } })], 'TYPE_MISMATCH')
  })
})
