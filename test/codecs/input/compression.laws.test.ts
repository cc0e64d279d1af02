import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { deflate, inflate } from '../../../src/codecs/input/compression.ts'
import { isMillraceError } from '../../../src/errors.ts'
import { law } from '../../support/law.ts'
import { collectBytes, cutAnywhere } from '../../support/streams.ts'

const compress = { gzip: gzipSync, zstd: zstdCompressSync }

describe.each(['gzip', 'zstd'] as const)('%s', (compression) => {
  law(
    `${compression}: round-trips under any chunking`,
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 5000 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 900 })),
      async (bytes, cuts) => {
        const deflated = await collectBytes(deflate(compression)(cutAnywhere(bytes, cuts)))
        expect(await collectBytes(inflate(compression, 1e9)(cutAnywhere(deflated, cuts)))).toEqual(bytes)
      },
    ),
  )

  law(
    `${compression}: any bytes inflate or throw a typed error`,
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat({ max: 200 }),
      fc.nat({ max: 255 }),
      async (bytes, at, byte) => {
        const file = new Uint8Array(compress[compression](bytes))
        file[at % file.length] = byte
        await collectBytes(inflate(compression, 1e7)(cutAnywhere(file, []))).catch((error: unknown) =>
          expect(isMillraceError(error)).toBe(true),
        )
      },
    ),
  )
})
