import type { Command } from './commands.ts'
import { type Flag, type Flags, isRepeatable, takesValue } from './flag.ts'
import { alignedRows } from './text.ts'

const EXIT_CODES = `Exit codes: 0 all rows read; 1 all but rejected rows; 2 an error or an invalid command line, in one line on stderr; 128 plus the number of
the signal that ended it; 141 if the reader of stdout has ended.`

const FILES = `Formats by name: .csv .txt .tsv .json .jsonl .ndjson .parquet .parq .pq, alone or with .gz, .gzip or .zst. A file named - is stdin or stdout.`

/** The help of all commands. */
export function generalHelp(commands: Readonly<Record<string, Command>>): string {
  const lines = alignedRows(Object.values(commands).map(({ usage, summary }) => [`  millrace ${usage}`, summary]))
  return `millrace COMMAND [flags]\n\n${lines.join('\n')}\n\nmillrace COMMAND --help lists its flags; --version prints the version of the package.\n${FILES}\n${EXIT_CODES}\n`
}

/** The help of a command: its flags, each with its formats. */
export function commandHelp({ usage, summary, flags }: Command): string {
  const groups = Object.entries(flags).map(([title, group]) => `${title}:\n${flagLines(group).join('\n')}`)
  return `millrace ${usage} [flags]\n\n${summary}\n\n${groups.join('\n\n')}\n\n${FILES}\n${EXIT_CODES}\n`
}

function flagLines(flags: Flags): readonly string[] {
  return alignedRows(
    Object.entries(flags).map(([name, flag]) => [
      `  --${name}${valueText(flag)}`,
      (flag.formats ?? []).join(', '),
      helpOf(flag),
    ]),
  )
}

function helpOf(flag: Flag): string {
  return isRepeatable(flag) ? `${flag.help}; may be repeated` : flag.help
}

function valueText(flag: Flag): string {
  if (!takesValue(flag)) return ''
  return ` ${flag.choices?.join('|') ?? VALUES[flag.kind] ?? 'TEXT'}`
}

const VALUES: Readonly<Partial<Record<Flag['kind'], string>>> = {
  number: 'N',
  numbers: 'N',
  rows: 'N|all',
  types: 'NAME=TYPE',
  pairs: 'NAME=TEXT',
}
