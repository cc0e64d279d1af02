import type { Flags } from './flag.ts'
import type { Io } from './io.ts'
import type { CommandWords } from './parse-command.ts'
import { bytesText } from './text.ts'

export const PROGRESS_FLAG = {
  'no-progress': { option: 'noProgress', kind: 'on', help: 'no progress bar if stderr is a terminal' },
} as const satisfies Flags

/** A progress bar on a terminal for reading a file. */
export interface ProgressBar {
  /** Report bytes read since the last call. */
  readonly add: (bytes: number) => void
  /** Restart, when the file is read again from its start. */
  readonly restart: () => void
  /** Remove the bar. */
  readonly end: () => void
}

const SILENT: ProgressBar = { add: () => {}, restart: () => {}, end: () => {} }
const EVERY_MS = 100
const BAR_WIDTH = 24
const CLEAR = '\r\u001b[2K'

/** Start a progress bar on stderr; without a terminal, or with `--no-progress`, nothing is shown. */
export function progressBar({ stderr }: Io, { given }: CommandWords, total: number | undefined): ProgressBar {
  if (stderr.isTTY !== true || given.has('no-progress')) return SILENT
  const start = performance.now()
  let done = 0
  let drawnAt = start
  const draw = (): void => {
    const now = performance.now()
    if (now - drawnAt < EVERY_MS) return
    drawnAt = now
    const rate = `${bytesText((done / (now - start)) * 1000)}/s`
    stderr.write(`${CLEAR}${barText(done, total, rate).slice(0, (stderr.columns ?? 80) - 1)}`, () => {})
  }
  return {
    add(bytes) {
      done += bytes
      draw()
    },
    restart() {
      done = 0
    },
    end() {
      if (drawnAt !== start) stderr.write(CLEAR, () => {})
    },
  }
}

/** `[=====>      ]  45%  45.0 MB of 100 MB  160 MB/s`. */
export function barText(done: number, total: number | undefined, rate: string): string {
  if (total === undefined || total === 0) return `${bytesText(done)}  ${rate}`
  const share = Math.min(1, done / total)
  const filled = '='.repeat(Math.round(share * BAR_WIDTH))
  const percent = String(Math.floor(share * 100)).padStart(3)
  const bar = `${filled}>`.slice(0, BAR_WIDTH).padEnd(BAR_WIDTH)
  return `[${bar}] ${percent}%  ${bytesText(Math.min(done, total))} of ${bytesText(total)}  ${rate}`
}
