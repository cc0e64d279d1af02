import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeParquet } from '../../../src/codecs/parquet/parquet.ts'
import { isMillraceError } from '../../../src/errors.ts'
import { duckdbFiles } from '../../codecs/parquet/support/parquet-duckdb.ts'
import { type DuckDb, metadataOf, openDuckDb } from '../../codecs/parquet/support/parquet-oracles.ts'
import { type S3Server, startS3Server } from '../../support/s3-server.ts'
import { joined, mergeSmall, SMALL_PART, SMALL_PARTS, tableCells } from './support/merge-files.ts'

const CORPUS = fileURLToPath(new URL('../../../../shared/corpora/parquet/', import.meta.url))

/** Files that are refused, by what says why. */
const REFUSED = new Map([
  ['encrypt_columns_and_footer.parquet.encrypted', 'UNSUPPORTED_FORMAT'],
  ['encrypt_columns_and_footer_aad.parquet.encrypted', 'UNSUPPORTED_FORMAT'],
  ['encrypt_columns_and_footer_bloom_filter.parquet.encrypted', 'UNSUPPORTED_FORMAT'],
  ['encrypt_columns_and_footer_ctr.parquet.encrypted', 'UNSUPPORTED_FORMAT'],
  // By parquet-mr 1.2.8: sizes of column chunks that are true for those alone who know the writer.
  ['nation.dict-malformed.parquet', 'UNSUPPORTED_FORMAT'],
])

let server: S3Server
let client: S3Client
let duckdb: DuckDb
beforeAll(async () => {
  server = await startS3Server({ minPartBytes: SMALL_PART })
  client = server.client()
  duckdb = await openDuckDb()
})
afterAll(async () => {
  await server.close()
  duckdb.close()
})

function filesIn(folder: string): string[] {
  const path = join(CORPUS, folder)
  if (!existsSync(path)) return []
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !/\.(md|json|txt|crc)$/.test(path))
}

/** What our reader makes of a file: its cells, or the code of its error. */
async function readingOf(file: Uint8Array) {
  try {
    return tableCells(await decodeParquet(file))
  } catch (error) {
    if (isMillraceError(error)) return error.code
    throw error
  }
}

/** What DuckDB makes of a file; undefined where it cannot read it. */
const byDuckDb = (file: Uint8Array) => duckdb.rows(file).catch(() => undefined)

/** A file with itself, in some ten parts. */
function mergeTwice(file: Uint8Array) {
  const minBytes = Math.max(SMALL_PART, Math.floor(file.length / 5))
  const limits = { ...SMALL_PARTS, minBytes, sendBytes: minBytes + 60, copyBytes: 2 * minBytes }
  return mergeSmall(server, client, [file, file], { limits })
}

async function expectTwice(file: Uint8Array): Promise<void> {
  const merge = await mergeTwice(file)
  const source = await readingOf(file)
  expect(await readingOf(merge.file)).toEqual(typeof source === 'string' ? source : joined([source, source]))
  const rows = await byDuckDb(file)
  expect(await byDuckDb(merge.file)).toEqual(rows === undefined ? undefined : [...rows, ...rows])
  expect(Number(metadataOf(merge.file).num_rows)).toBe(merge.rows)
}

/** Two gigabytes in four kilobytes, which nobody here reads. */
const BOMB = 'large_string_map.brotli.parquet'
const valid = filesIn('data').filter((path) => basename(path) !== BOMB)
if (valid.length === 0) console.log('SKIPPED: no corpora of Parquet files beside this project')

describe.skipIf(valid.length === 0)('files of other writers, merged with themselves, read as the file twice', () => {
  test.each(valid.map((path) => [basename(path), path]))('%s', async (name, path) => {
    const file = new Uint8Array(readFileSync(path))
    const code = REFUSED.get(name)
    if (code === undefined) return expectTwice(file)
    await expect(mergeTwice(file)).rejects.toMatchObject({ code, path: ['sources', 0] })
  })
})

const hostile = ['bad_data', 'arrow-fuzzing', 'arrow-encoding-fuzzing'].flatMap(filesIn)

describe.skipIf(hostile.length === 0)('hostile files are refused, or merged without a look at their pages', () => {
  test.each(hostile.map((path) => [basename(path), path]))('%s', async (_, path) => {
    const file = new Uint8Array(readFileSync(path))
    const merge = await mergeTwice(file).catch((error: unknown) => {
      if (isMillraceError(error) && error.path?.[0] === 'sources') return undefined
      throw error
    })
    if (merge === undefined) return
    const read = await decodeParquet(merge.file, { columns: [] }).catch((error: unknown) => error)
    expect(isMillraceError(read) ? read.code : merge.rows).not.toBe('PARQUET_INVALID')
  })
})

test('files that DuckDB writes, in all its versions and compressions, merge with one another', async () => {
  const files = (await duckdbFiles()).filter((_, index) => index !== 6)
  const { file } = await mergeSmall(server, client, files)
  const rows = []
  for (const each of files) rows.push(...(await duckdb.rows(each)))
  expect(await duckdb.rows(file)).toEqual(rows)
})
