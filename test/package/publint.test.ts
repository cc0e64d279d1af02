import { readFileSync } from 'node:fs'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, expect, test } from 'vitest'
import { manifest, pack, removeFolder, scratchFolder } from './support/packed.ts'

const folder = scratchFolder()
afterAll(() => removeFolder(folder))

test('publint finds nothing to say about the tarball', async () => {
  const { buffer, byteOffset, byteLength } = readFileSync(pack(folder))
  const tarball = buffer.slice(byteOffset, byteOffset + byteLength)
  const { messages } = await publint({ pack: { tarball }, strict: true })
  expect(messages.map((message) => formatMessage(message, manifest, { color: false }))).toEqual([])
})
