import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { fileHead } from '../../src/cli/file-head.ts'
import { codecOf, compressionOf, formatOf, isCsv } from '../../src/cli/format-of.ts'
import { counted, openInput, rereadable } from '../../src/cli/input.ts'
import { type Io, type Output, put, putNote } from '../../src/cli/io.ts'
import { openOutput } from '../../src/cli/output.ts'
import { run } from '../../src/cli/run.ts'
import { refuseSameFile } from '../../src/cli/same-file.ts'
import { createUnfinished, removeUnfinished } from '../../src/cli/unfinished.ts'
import { bytesSource, codecFor } from '../../src/codecs/index.ts'
import { MillraceError } from '../../src/errors.ts'
import { stream } from '../support/streams.ts'
import { folder } from './support.ts'

const files = folder()
afterAll(files.remove)
afterEach(() => vi.unstubAllEnvs())

const write = (name: string, text: string): string => {
  writeFileSync(files.file(name), text)
  return files.file(name)
}
const silent: Output = { write: (_, done) => done() }
const failing = (code: string): Output => ({ write: (_, done) => done(Object.assign(new Error('secret'), { code })) })
const ioOf = (change: Partial<Io> = {}): Io => ({
  stdin: stream([]),
  stdout: silent,
  stderr: silent,
  unfinished: new Set(),
  ...change,
})
async function* broken(error: unknown): AsyncGenerator<Uint8Array> {
  yield Buffer.from('a')
  throw error
}
const textOf = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts).toString()
}

test.each([
  ['1f8b0800', 'gzip', undefined],
  ['28b52ffd', 'zstd', undefined],
  ['28b52ffe', 'none', undefined],
  ['fffe6100', 'none', 'utf-16le'],
  ['feff0061', 'none', 'utf-16be'],
  ['fffe0000', 'none', undefined],
  ['efbbbf61', 'none', undefined],
  ['', 'none', undefined],
])('the head of %s', async (hex, compression, encoding) => {
  expect(await fileHead(bytesSource(Buffer.from(`${hex}${hex && 'ffff'}`, 'hex')))).toEqual({ compression, encoding })
})

describe('a name', () => {
  test.each([
    ['a.gz', 'gzip'],
    ['a.csv.GZIP', 'gzip'],
    ['a.csv.zst', 'zstd'],
    ['a.ZST', 'zstd'],
    ['a.zst.csv', 'none'],
    ['a.gz.csv', 'none'],
    ['agz', 'none'],
    ['azst', 'none'],
  ])('%s means %s', (name, compression) => {
    expect(compressionOf(name)).toBe(compression)
  })

  test.each([
    ['a.tsv', {}, 'tsv'],
    ['a.TSV.gz', {}, 'tsv'],
    ['a.tsv.gzip', {}, 'tsv'],
    ['a.tsv.zst', {}, 'tsv'],
    ['a.csv', {}, 'csv'],
    ['a.tsv.csv', {}, 'csv'],
    ['atsv.csv', {}, 'csv'],
    ['a.csv', { format: 'tsv' }, 'tsv'],
    ['a.tsv', { format: 'csv' }, 'csv'],
    ['a.tsv', { format: 'json' }, 'json'],
    ['a.json', {}, 'json'],
    ['a.jsonl', {}, 'ndjson'],
    ['a.parquet', {}, 'parquet'],
  ] as const)('%s with %j is %s', (name, options, format) => {
    expect(formatOf(name, codecFor(name, options), options)).toBe(format)
    expect(isCsv(format)).toBe(format === 'csv' || format === 'tsv')
  })

  test('without a format asks for the flag of its side', () => {
    expect(() => codecOf('a', {}, 'from')).toThrow(/^the input's name does not show its format; pass --from with csv/)
    expect(() => codecOf('a', {}, 'to')).toThrow(/^the output's name does not show its format; pass --to with csv/)
    expect(() => codecOf('a', { format: 'xls' as never }, 'to')).toThrow(/^format: must be one of/)
    expect(() => codecOf('a.csv', { limits: { maxDepth: -1 } }, 'to')).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })
})

describe('the input', () => {
  test('is a file of known length, or a stream', async () => {
    const file = await openInput(write('a.csv', 'id\n1\n'), ioOf())
    expect([file.key, file.bytes]).toEqual([files.file('a.csv'), 5])
    const stdin = await openInput('-', ioOf({ stdin: stream([Buffer.from('x')]) }))
    expect([stdin.key, stdin.bytes]).toEqual(['', undefined])
    const device = await openInput('/dev/null', ioOf())
    expect([device.key, device.bytes]).toEqual(['/dev/null', undefined])
    expect(await textOf(device.source as AsyncIterable<Uint8Array>)).toBe('')
  })

  test('that cannot be opened or read is SOURCE_UNAVAILABLE, with the cause', async () => {
    const code = 'SOURCE_UNAVAILABLE'
    await expect(openInput(files.file('none.csv'), ioOf())).rejects.toMatchObject({ code, cause: { code: 'ENOENT' } })
    await expect(openInput(files.path, ioOf())).rejects.toMatchObject({ code, message: 'the input is a directory' })
    const cause = new Error('reset')
    const stdin = await openInput('-', ioOf({ stdin: broken(cause) }))
    await expect(textOf(stdin.source as AsyncIterable<Uint8Array>)).rejects.toMatchObject({ code, cause })
  })

  test('is counted as it is read, once or by range', async () => {
    const file = write('a.csv', 'id\n1\n')
    const seen: number[] = []
    const add = (bytes: number): void => void seen.push(bytes)
    const source = counted(await openInput(file, ioOf()), add) as ReturnType<typeof bytesSource>
    expect(Buffer.from(await source.read(1, 3)).toString()).toBe('d\n')
    expect(await textOf(source.stream())).toBe('id\n1\n')
    expect(await textOf(source.stream({ start: 3 }))).toBe('1\n')
    expect(await source.length?.()).toBe(5)
    expect(seen).toEqual([2, 5, 2])
    const stdin = await openInput('-', ioOf({ stdin: stream([Buffer.from('ab'), Buffer.from('c')]) }))
    seen.length = 0
    expect(await textOf(counted(stdin, add) as AsyncIterable<Uint8Array>)).toBe('abc')
    expect(seen).toEqual([2, 1])
  })

  test('that is read twice goes to a temporary file, which only its owner can read', async () => {
    const temporary = folder()
    vi.stubEnv('TMPDIR', temporary.path)
    const io = ioOf({ stdin: stream([Buffer.from('ab'), Buffer.from('c')]) })
    const again = await rereadable(await openInput('-', io), io)
    expect([again.key, again.bytes, temporary.names()]).toEqual(['', 3, [expect.stringMatching(/^millrace-\w{16}$/)]])
    for (let time = 0; time < 2; time++) expect(await textOf(again.source.stream())).toBe('abc')
    expect([...io.unfinished]).toEqual([temporary.file(temporary.names()[0] ?? '')])
    removeUnfinished(io)
    expect([temporary.names(), io.unfinished.size]).toEqual([[], 0])
    temporary.remove()
    const file = await openInput(write('a.csv', 'id\n1\n'), io)
    expect(await rereadable(file, io)).toBe(file)
  })

  test('that cannot be kept is an error of its own', async () => {
    const io = ioOf({ stdin: broken(new Error('reset')) })
    await expect(rereadable(await openInput('-', io), io)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    const cause = new Error('full')
    await expect(rereadable({ key: '', source: broken(cause) }, io)).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      message: 'the input cannot be written to a temporary file',
      cause,
    })
    removeUnfinished(io)
    vi.stubEnv('TMPDIR', files.file('nowhere'))
    await expect(rereadable(await openInput('-', ioOf()), io)).rejects.toMatchObject({ code: 'WRITE_FAILED' })
    expect(io.unfinished.size).toBe(0)
  })
})

describe('streams of the process', () => {
  test('put waits until its data was accepted', async () => {
    const later: (() => void)[] = []
    let isDone = false
    const done = put({ write: (_, accept) => void later.push(accept) }, 'x').then(() => {
      isDone = true
    })
    await new Promise(setImmediate)
    expect(isDone).toBe(false)
    later[0]?.()
    await done
  })

  test('a reader that has left is EPIPE, any other failure WRITE_FAILED; a note is lost in silence', async () => {
    await expect(put(failing('EPIPE'), 'x')).rejects.toMatchObject({ code: 'EPIPE' })
    await expect(put(failing('ENOSPC'), 'x')).rejects.toMatchObject({ code: 'WRITE_FAILED', cause: { code: 'ENOSPC' } })
    await putNote(ioOf({ stderr: failing('EPIPE') }), 'x')
  })

  test('without a reader a command ends quietly with 141, and removes what is unfinished', async () => {
    const notes: string[] = []
    const stderr: Output = { write: (data, done) => done(void notes.push(String(data)) as undefined) }
    const io = ioOf({ stdout: failing('EPIPE'), stderr })
    createUnfinished(files.file('half'), io, 0o600)
    expect(await run(['--version'], io)).toBe(141)
    expect([notes, existsSync(files.file('half'))]).toEqual([[], false])
    expect(await run(['--version'], ioOf({ stdout: failing('ENOSPC'), stderr }))).toBe(2)
    expect(notes).toEqual(['WRITE_FAILED: the output cannot be written: ENOSPC\n'])
  })
})

describe('an unfinished file', () => {
  test('is empty and new, or WRITE_FAILED', () => {
    const io = ioOf()
    const path = files.file('new')
    createUnfinished(path, io, 0o600)
    expect([readFileSync(path, 'utf8'), [...io.unfinished]]).toEqual(['', [path]])
    for (const taken of [path, files.file('nowhere/new')]) {
      expect(() => createUnfinished(taken, io, 0o600)).toThrow(
        expect.objectContaining({ code: 'WRITE_FAILED', message: 'the output cannot be written' }),
      )
    }
    expect([...io.unfinished]).toEqual([path])
    removeUnfinished(io)
    expect(existsSync(path)).toBe(false)
    io.unfinished.add(path)
    expect(() => removeUnfinished(io)).not.toThrow()
    expect(io.unfinished.size).toBe(0)
  })
})

test('the same file is found by the descriptors of stdin and stdout too', async () => {
  const [one, two] = [write('one', 'x'), write('two', 'x')]
  const fd = openSync(one, 'r')
  const stdin = Object.assign(stream([]), { fd })
  const io = ioOf({ stdin, stdout: { ...silent, fd } })
  for (const [from, to] of [
    ['-', one],
    [one, '-'],
    ['-', '-'],
    [one, one],
  ] as const)
    await expect(refuseSameFile(from, to, io)).rejects.toMatchObject({ message: 'input and output are the same file' })
  for (const [from, to] of [
    ['-', two],
    [two, '-'],
    [one, two],
    [one, files.file('none')],
    [files.file('none'), one],
    ['/dev/null', '/dev/null'],
  ] as const)
    await refuseSameFile(from, to, io)
  await refuseSameFile('-', one, ioOf())
  closeSync(fd)
  await refuseSameFile('-', one, io)
})

describe('the output', () => {
  test('reports an error of the library in its chunks as it is, and leaves nothing', async () => {
    const io = ioOf()
    const sink = await openOutput(files.file('out'), false, io)
    const error = new MillraceError('CSV_INVALID', 'short')
    await expect(sink(broken(error))).rejects.toBe(error)
    removeUnfinished(io)
    expect(existsSync(files.file('out'))).toBe(false)
  })

  test('is the number of bytes that were written', async () => {
    const chunks = (): AsyncIterable<Uint8Array> => stream([Buffer.from('ab'), Buffer.from('c')])
    const own = folder()
    for (const path of ['-', '/dev/null', own.file('sized')])
      expect(await (await openOutput(path, false, ioOf()))(chunks())).toBe(3)
    expect(readFileSync(own.file('sized'), 'utf8')).toBe('abc')
    own.remove()
  })
})
