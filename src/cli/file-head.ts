import type { ByteSource } from '../codecs/index.ts'

/** Findings from the first bytes of a file. */
export interface FileHead {
  readonly compression: 'gzip' | 'zstd' | 'none'
  /** The encoding indicated by a UTF-16 byte order mark. */
  readonly encoding: 'utf-16le' | 'utf-16be' | undefined
}

const UTF16: Readonly<Record<string, NonNullable<FileHead['encoding']>>> = { fffe: 'utf-16le', feff: 'utf-16be' }

/** Examine the first four bytes of a file. */
export async function fileHead(source: ByteSource): Promise<FileHead> {
  const start = Buffer.from(await source.read(0, 4)).toString('hex')
  const isUtf32 = start === 'fffe0000'
  return {
    compression: start.startsWith('1f8b') ? 'gzip' : start === '28b52ffd' ? 'zstd' : 'none',
    encoding: isUtf32 ? undefined : UTF16[start.slice(0, 4)],
  }
}
