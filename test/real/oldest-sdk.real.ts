import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, describe, expect, test } from 'vitest'
import type * as S3 from '../../src/s3/index.ts'
import { ROOT, removeFolder, scratchFolder } from '../package/support/packed.ts'
import { realPackage } from './packages.ts'

const folder = scratchFolder()
afterAll(() => removeFolder(folder))

const content = Buffer.alloc(300_000, 7)
const checksum = Buffer.alloc(4)
checksum.writeUInt32BE(crc32(content))

/** The library with another version of the SDK, and that version's client. */
async function libraryWith(name: string): Promise<typeof S3 & { readonly S3Client: new (config: object) => never }> {
  const outfile = join(folder, `${name}.cjs`)
  const contents = "export * from './src/s3/index.ts'\nexport { S3Client } from '@aws-sdk/client-s3'"
  const alias = { '@aws-sdk/client-s3': realPackage(name) ?? '' }
  await build({
    stdin: { contents, resolveDir: ROOT },
    alias,
    bundle: true,
    platform: 'node',
    outfile,
    tsconfigRaw: {},
    logLevel: 'silent',
  })
  return createRequire(import.meta.url)(outfile)
}

describe.each(['client-s3-oldest', 'client-s3-stalling'])('%s', (name) => {
  test.skipIf(realPackage(name) === undefined)(
    'a body that is cut, and one that stalls, are read to their end',
    async () => {
      const { S3Client, s3Source } = await libraryWith(name)
      let asked = 0
      const http = createServer((request, response) => {
        asked++
        const at = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
        const range = { 'content-range': `bytes ${at}-${content.length - 1}/${content.length}` }
        const whole = { 'x-amz-checksum-crc32': checksum.toString('base64') }
        response.writeHead(at === 0 ? 200 : 206, {
          etag: '"a"',
          'content-length': content.length - at,
          ...(at === 0 ? whole : range),
        })
        if (asked > 2) response.end(content.subarray(at))
        else
          response.write(
            content.subarray(at, at + 70_000),
            () => asked === 1 && setTimeout(() => response.destroy(), 20),
          )
      }).listen(0, '127.0.0.1')
      await once(http, 'listening')
      const endpoint = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
      const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials, maxAttempts: 1 })
      try {
        const chunks: Uint8Array[] = []
        const source = s3Source(client, { bucket: 'lake', key: 'a' }, { stallMs: 300, sleep: async () => {} })
        for await (const chunk of source.stream()) chunks.push(chunk)
        expect(Buffer.concat(chunks).equals(content)).toBe(true)
        expect(asked).toBe(3)
      } finally {
        http.closeAllConnections()
        http.close()
      }
    },
  )
})
