import { writeFileSync } from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Io } from '../../src/cli/io.ts'
import { parseCommand } from '../../src/cli/parse-command.ts'
import { barText, PROGRESS_FLAG, progressBar } from '../../src/cli/progress.ts'
import { folder, spawnCli } from './support.ts'

afterEach(() => vi.restoreAllMocks())

const LINE_START = '\r\u001b[2K'

function terminal(isTTY: boolean): { readonly io: Io; readonly shown: string[] } {
  const shown: string[] = []
  const write = (data: Uint8Array | string): void => void shown.push(String(data))
  return { io: { stderr: { isTTY, columns: 40, write } } as unknown as Io, shown }
}

describe('the progress bar', () => {
  test.each([
    [0, 100e6, '[>                       ]   0%  0 B of 100 MB  1 MB/s'],
    [45e6, 100e6, '[===========>            ]  45%  45.0 MB of 100 MB  1 MB/s'],
    [100e6, 100e6, '[========================] 100%  100 MB of 100 MB  1 MB/s'],
    [120e6, 100e6, '[========================] 100%  100 MB of 100 MB  1 MB/s'],
    [45e6, undefined, '45.0 MB  1 MB/s'],
    [0, 0, '0 B  1 MB/s'],
  ])('%d of %s bytes: %s', (done, total, text) => {
    expect(barText(done, total, '1 MB/s')).toBe(text)
  })

  test('is drawn at most ten times a second, no wider than the terminal, and removed', async () => {
    const { io, shown } = terminal(true)
    const bar = progressBar(io, parseCommand([], {}), 1000)
    const until = performance.now() + 350
    while (performance.now() < until) bar.add(1)
    bar.restart()
    bar.end()
    expect(shown.length).toBeGreaterThan(1)
    expect(shown.length).toBeLessThanOrEqual(4)
    expect(shown.every((text) => text.startsWith(LINE_START) && text.length < LINE_START.length + 40)).toBe(true)
    expect(shown.at(-1)).toBe(LINE_START)
  })

  test.each([
    ['elsewhere than on a terminal', false, []],
    ['with --no-progress', true, ['--no-progress']],
  ])('is not there %s', (_, isTTY, args) => {
    const { io, shown } = terminal(isTTY)
    const bar = progressBar(io, parseCommand(args, PROGRESS_FLAG), 1000)
    const until = performance.now() + 150
    while (performance.now() < until) bar.add(1)
    bar.end()
    expect(shown).toEqual([])
  })

  test('writes nothing to stderr of a script', async () => {
    const files = folder()
    writeFileSync(files.file('a.csv'), 'id\n1\n')
    expect(await spawnCli(['inspect', 'a.csv'], { cwd: files.path })).toMatchObject({ code: 0, stderr: '' })
    files.remove()
  })
})

describe('the time of the progress bar', () => {
  test('the bar shows the speed since its start, every 100 ms', () => {
    let now = 1000
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    const shown: string[] = []
    const io = { stderr: { isTTY: true, columns: 60, write: (data: string) => void shown.push(data) } } as never
    const bar = progressBar(io, parseCommand([], {}), undefined)
    for (const [at, bytes] of [
      [1099, 50_000],
      [1100, 50_000],
      [1199, 100_000],
      [1500, 300_000],
    ] as const) {
      now = at
      bar.add(bytes)
    }
    bar.restart()
    now = 2000
    bar.add(1_000_000)
    bar.end()
    expect(shown.map((text) => text.replace('\r\u001b[2K', ''))).toEqual([
      '100 kB  1.0 MB/s',
      '500 kB  1.0 MB/s',
      '1.0 MB  1.0 MB/s',
      '',
    ])
    shown.length = 0
    const unseen = progressBar(io, parseCommand([], {}), undefined)
    unseen.add(1)
    unseen.end()
    expect(shown).toEqual([])
  })

  test('a terminal without a width has 80 columns', () => {
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    const shown: string[] = []
    const io = { stderr: { isTTY: true, write: (data: string) => void shown.push(data) } } as never
    const bar = progressBar(io, parseCommand([], {}), 1e15)
    now = 100
    bar.add(123e12)
    expect(shown[0]).toBe('\r\u001b[2K[===>                    ]  12%  123 TB of 1.0 PB  1.2 PB/s')
  })
})
