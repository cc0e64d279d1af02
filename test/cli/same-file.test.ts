import { expect, test, vi } from 'vitest'
import type { Io } from '../../src/cli/io.ts'
import { stream } from '../support/streams.ts'

test('files of one number on two file systems are two files', async () => {
  // Two file systems that number a file alike, which no test can make.
  vi.doMock('node:fs/promises', () => ({
    stat: async (path: string) => ({ dev: path.startsWith('/a/') ? 1n : 2n, ino: 7n, isFile: () => true }),
  }))
  vi.resetModules()
  const { refuseSameFile } = await import('../../src/cli/same-file.ts')
  const silent = { write: () => {} }
  const io: Io = { stdin: stream([]), stdout: silent, stderr: silent, unfinished: new Set() }
  await refuseSameFile('/a/one', '/b/one', io)
  await expect(refuseSameFile('/a/one', '/a/two', io)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  vi.doUnmock('node:fs/promises')
  vi.resetModules()
})
