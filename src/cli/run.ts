import { createRequire } from 'node:module'
import { COMMANDS, type Command } from './commands.ts'
import { errorReport, systemCode } from './error-text.ts'
import type { Flags } from './flag.ts'
import { commandHelp, generalHelp } from './help.ts'
import { type Io, put, putNote } from './io.ts'
import { parseCommand } from './parse-command.ts'
import { removeUnfinished } from './unfinished.ts'
import { usageError } from './usage-error.ts'

const FAILED = 2
/** 128 plus the number of SIGPIPE, the exit code of a process whose reader has ended. */
const NO_READER = 141

/**
 * Run a command line.
 *
 * @param args - its arguments, without `node` and the script.
 * @returns the exit code.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  try {
    return await runCommand(args, io)
  } catch (error) {
    if (systemCode(error) === 'EPIPE') return NO_READER
    const report = errorReport(error)
    const isJson = args.includes('--json')
    await putNote(io, isJson ? JSON.stringify(report) : `${report.code}: ${report.message}`)
    return FAILED
  } finally {
    removeUnfinished(io)
  }
}

async function runCommand([name, ...args]: readonly string[], io: Io): Promise<number> {
  if (name === undefined) throw usageError(`a command is required: ${Object.keys(COMMANDS).join(' and ')}; see --help`)
  if (name === '--help' || name === '-h') return print(generalHelp(COMMANDS), io)
  if (name === '--version') return print(`${version()}\n`, io)
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) {
    throw usageError(`unknown command; there are ${Object.keys(COMMANDS).join(' and ')}`)
  }
  const words = parseCommand(args, allFlags(command))
  return words.given.has('help') ? print(commandHelp(command), io) : command.run(words, io)
}

function allFlags({ flags }: Command): Flags {
  return Object.assign({}, ...Object.values(flags)) as Flags
}

async function print(text: string, { stdout }: Io): Promise<number> {
  await put(stdout, text)
  return 0
}

/** The package of this file, both in its sources and in its build. */
function version(): string {
  return (createRequire(import.meta.url)('millrace/package.json') as { readonly version: string }).version
}
