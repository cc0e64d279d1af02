import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import { type FileHandle, link, lstat, open, realpath, rename, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MillraceError } from '../errors.ts'
import { systemCode } from './error-text.ts'
import { type Io, put } from './io.ts'
import { createUnfinished } from './unfinished.ts'
import { unwritable } from './write-error.ts'

/** Writes the bytes of a file. @returns their number. */
export type Sink = (chunks: AsyncIterable<Uint8Array>) => Promise<number>

/**
 * The sink of OUT: stdout for `-`, the existing pipe or device, or a file that appears whole or not at all, since it is
 * written under another name in the same folder.
 *
 * @throws MillraceError `WRITE_CONFLICT` if the file exists, without `force`; `WRITE_FAILED` if it cannot be written.
 */
export async function openOutput(path: string, force: boolean, io: Io): Promise<Sink> {
  if (path === '-') return (chunks) => writeStdout(chunks, io)
  const found = await existing(path)
  if (found?.isDirectory()) throw new MillraceError('WRITE_FAILED', 'the output is a directory')
  if (found !== undefined && !found.isFile() && !found.isSymbolicLink()) return (chunks) => writeThrough(path, chunks)
  if (found !== undefined && !force) throw exists()
  return (chunks) => writeWhole(path, found, force, chunks, io)
}

/** The file, folder or device at a path; a dangling link counts too. */
async function existing(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return lstat(path).catch(() => undefined)
    throw unwritable(error)
  })
}

async function writeStdout(chunks: AsyncIterable<Uint8Array>, { stdout }: Io): Promise<number> {
  let bytes = 0
  for await (const chunk of chunks) {
    await put(stdout, chunk)
    bytes += chunk.length
  }
  return bytes
}

async function writeThrough(path: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const file = await open(path, 'w').catch(fail)
  try {
    return await writeChunks(file, chunks)
  } finally {
    await file.close()
  }
}

async function writeWhole(
  path: string,
  found: Stats | undefined,
  force: boolean,
  chunks: AsyncIterable<Uint8Array>,
  io: Io,
): Promise<number> {
  // A link keeps its target: the file at its end is replaced.
  const target = found === undefined ? path : await realpath(path).catch(() => path)
  const temporary = join(dirname(target), `.millrace-${randomBytes(8).toString('hex')}.partial`)
  createUnfinished(temporary, io, 0o666)
  const file = await open(temporary, 'r+').catch(fail)
  let bytes: number
  try {
    if (found?.isFile()) await file.chmod(found.mode & 0o777).catch(fail)
    bytes = await writeChunks(file, chunks)
    await file.sync().catch(fail)
  } finally {
    await file.close()
  }
  if (force) await rename(temporary, target).catch(fail)
  else await placeNew(temporary, target)
  io.unfinished.delete(temporary)
  return bytes
}

/** Rename a file unless its name was taken meanwhile: a hard link never replaces. */
async function placeNew(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target)
  } catch {
    // The name is taken, or the file system has no links.
    if ((await existing(target)) !== undefined) throw exists()
    await rename(temporary, target).catch(fail)
    return
  }
  await unlink(temporary).catch(fail)
}

async function writeChunks(file: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0
  for await (const chunk of chunks) {
    await file.writeFile(chunk).catch(fail)
    bytes += chunk.length
  }
  return bytes
}

function exists(): MillraceError {
  return new MillraceError('WRITE_CONFLICT', 'the output exists; pass --force to replace it')
}

function fail(error: unknown): never {
  throw unwritable(error)
}
