import { convert } from './convert.ts'
import { CONVERT_FLAGS } from './convert-flags.ts'
import type { Flags } from './flag.ts'
import { inspect } from './inspect.ts'
import { INSPECT_FLAGS } from './inspect-flags.ts'
import type { Io } from './io.ts'
import type { CommandWords } from './parse-command.ts'
import { READ_FLAGS } from './read-flags.ts'
import { WRITE_FLAGS } from './write-flags.ts'

/** A command of the command line. */
export interface Command {
  /** Its name and arguments. */
  readonly usage: string
  readonly summary: string
  /** Flags, grouped by titles in the help. */
  readonly flags: Readonly<Record<string, Flags>>
  /** @returns the exit code. */
  readonly run: (words: CommandWords, io: Io) => Promise<number>
}

export const COMMANDS: Readonly<Record<string, Command>> = {
  inspect: {
    usage: 'inspect FILE',
    summary: 'describe a file: types, rows, nulls, rejected rows, options to set, and its cost on Lambda',
    flags: { Flags: INSPECT_FLAGS, Reading: READ_FLAGS },
    run: inspect,
  },
  convert: {
    usage: 'convert IN OUT',
    summary: 'convert between csv, tsv, json, ndjson and parquet',
    flags: { Flags: CONVERT_FLAGS, 'Reading IN': READ_FLAGS, 'Writing OUT': WRITE_FLAGS },
    run: convert,
  },
}
