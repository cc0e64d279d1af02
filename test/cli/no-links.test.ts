import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import type { Io } from '../../src/cli/io.ts'
import { stream } from '../support/streams.ts'
import { folder } from './support.ts'

test('without hard links an output still replaces nothing', async () => {
  // A file system without hard links, which few machines have at hand.
  vi.doMock('node:fs/promises', async (original) => ({
    ...(await original<typeof import('node:fs/promises')>()),
    link: () => Promise.reject(Object.assign(new Error('no links'), { code: 'EPERM' })),
  }))
  vi.resetModules()
  const { openOutput } = await import('../../src/cli/output.ts')
  const { removeUnfinished } = await import('../../src/cli/unfinished.ts')
  const files = folder()
  const silent = { write: () => {} }
  const io: Io = { stdin: stream([]), stdout: silent, stderr: silent, unfinished: new Set() }
  const write = await openOutput(files.file('a'), false, io)
  expect(await write(stream([Buffer.from('new')]))).toBe(3)
  expect([readFileSync(files.file('a'), 'utf8'), files.names(), io.unfinished.size]).toEqual(['new', ['a'], 0])
  const late = await openOutput(files.file('b'), false, io)
  writeFileSync(files.file('b'), 'precious')
  await expect(late(stream([Buffer.from('new')]))).rejects.toMatchObject({ code: 'WRITE_CONFLICT' })
  removeUnfinished(io)
  expect(readFileSync(files.file('b'), 'utf8')).toBe('precious')
  files.remove()
  vi.doUnmock('node:fs/promises')
  vi.resetModules()
})
