import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type ByteSource, type CodecInput, fileSource } from '../codecs/index.ts'
import { MillraceError } from '../errors.ts'
import type { Io } from './io.ts'
import { createUnfinished } from './unfinished.ts'

/** A file on disk, which can be read by range and more than once. */
export interface FileInput {
  /** The name that shows its format; empty for stdin. */
  readonly key: string
  readonly source: ByteSource
  readonly bytes: number
}

/** Stdin, a named pipe or a device, which can be read once and has an unknown length. */
export interface StreamInput {
  readonly key: string
  readonly source: AsyncIterable<Uint8Array>
  readonly bytes?: undefined
}

export type Input = FileInput | StreamInput

/** Open a file, or stdin for `-`. Named pipes and devices are streams too. */
export async function openInput(path: string, io: Io): Promise<Input> {
  if (path === '-') return { key: '', source: typedErrors(io.stdin) }
  const found: Stats = await stat(path).catch(unreadable)
  if (found.isDirectory()) throw new MillraceError('SOURCE_UNAVAILABLE', 'the input is a directory')
  if (!found.isFile()) return { key: path, source: typedErrors(createReadStream(path)) }
  return { key: path, source: fileSource(path), bytes: found.size }
}

/** Make an input that can be read again: a stream is written to a temporary file. */
export async function rereadable(input: Input, io: Io): Promise<FileInput> {
  if (input.bytes !== undefined) return input
  const path = join(tmpdir(), `millrace-${randomBytes(8).toString('hex')}`)
  createUnfinished(path, io, 0o600)
  await pipeline(input.source, createWriteStream(path, { flags: 'r+' })).catch((cause: unknown) => {
    if (cause instanceof MillraceError) throw cause
    throw new MillraceError('WRITE_FAILED', 'the input cannot be written to a temporary file', { cause })
  })
  return { key: input.key, source: fileSource(path), bytes: (await stat(path)).size }
}

/** The bytes of an input, counted as they are read. */
export function counted(input: Input, onBytes: (bytes: number) => void): CodecInput {
  if (input.bytes === undefined) return countedChunks(input.source, onBytes)
  const { source } = input
  return {
    ...source,
    stream: (...range) => countedChunks(source.stream(...range), onBytes),
    async read(start, end) {
      const bytes = await source.read(start, end)
      onBytes(bytes.length)
      return bytes
    },
  }
}

async function* countedChunks(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onBytes(chunk.length)
    yield chunk
  }
}

async function* typedErrors(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks
  } catch (cause) {
    unreadable(cause)
  }
}

function unreadable(cause: unknown): never {
  throw new MillraceError('SOURCE_UNAVAILABLE', 'the input cannot be opened or read', { cause })
}
