import type { S3Client } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { afterAll, beforeAll, expect } from 'vitest'
import { decodeParquet, encodeParquet } from '../../../src/codecs/parquet/parquet.ts'
import { isMillraceError } from '../../../src/errors.ts'
import { arbitraryTableCase } from '../../support/arbitrary-table.ts'
import { law } from '../../support/law.ts'
import { type S3Server, startS3Server } from '../../support/s3-server.ts'
import { joined, mergeSmall, SMALL_PART, tableCells } from './support/merge-files.ts'

let server: S3Server
let client: S3Client
beforeAll(async () => {
  server = await startS3Server({ minPartBytes: SMALL_PART })
  client = server.client()
})
afterAll(() => server.close())

const tables = arbitraryTableCase({ nested: true, maxRows: 12, maxColumns: 2 })
/** Places from the end of the file, and the bytes to put there: most lie in the footer. */
const changes = fc.array(fc.tuple(fc.integer({ min: 9, max: 400 }), fc.integer({ min: 0, max: 255 })), {
  minLength: 1,
  maxLength: 3,
})

function changed(file: Uint8Array, places: readonly (readonly [number, number])[]): Uint8Array {
  const copy = file.slice()
  for (const [fromEnd, byte] of places) if (fromEnd < file.length) copy[file.length - fromEnd] = byte
  return copy
}

const readingOf = async (file: Uint8Array) =>
  decodeParquet(file).then(tableCells, (error: unknown) => {
    if (isMillraceError(error)) return undefined
    throw error
  })

law(
  'mergeParquet: a footer with any bytes changed results in a typed error with the source, or a file that reads like the source',
  fc.asyncProperty(tables, changes, fc.boolean(), async ({ table }, places, isIndexed) => {
    const how = isIndexed ? { pageIndex: true, bloomFilters: [] } : {}
    const good = await encodeParquet(table, { rowGroupRows: 5, pageBytes: 30, ...how })
    const file = changed(good, places)
    const merge = await mergeSmall(server, client, [file, file]).catch((error: unknown) => error)
    if (merge instanceof Error) {
      expect(isMillraceError(merge)).toBe(true)
      expect(merge).toMatchObject({ path: ['sources', expect.any(Number)] })
      return
    }
    const source = await readingOf(file)
    const target = (merge as { file: Uint8Array }).file
    if (source !== undefined) expect(await readingOf(target)).toEqual(joined([source, source]))
    else await readingOf(target)
  }),
  { runs: 200 },
)
