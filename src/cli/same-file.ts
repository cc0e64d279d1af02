import { type BigIntStats, fstat } from 'node:fs'
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Io } from './io.ts'
import { usageError } from './usage-error.ts'

/** @throws MillraceError `OPTION_INVALID` if input and output are the same file, under any names: it would be read while it is written. */
export async function refuseSameFile(from: string, to: string, io: Io): Promise<void> {
  const [input, output] = await Promise.all([identity(from, io.stdin.fd), identity(to, io.stdout.fd)])
  if (input === undefined || output === undefined || !input.isFile()) return
  if (input.dev === output.dev && input.ino === output.ino) throw usageError('input and output are the same file')
}

/** The file at a path, or of stdin or stdout for `-`; undefined if there is none. */
async function identity(path: string, fd: number | undefined): Promise<BigIntStats | undefined> {
  if (path !== '-') return stat(path, { bigint: true }).catch(() => undefined)
  return fd === undefined ? undefined : promisify(fstat)(fd, { bigint: true }).catch(() => undefined)
}
