import { inspectFile } from './inspect-file.ts'
import { inspectText } from './inspect-text.ts'
import { type Io, put } from './io.ts'
import type { CommandWords } from './parse-command.ts'
import { usageError } from './usage-error.ts'

/**
 * Run `millrace inspect FILE`.
 *
 * @returns the exit code: 1 if rows were rejected, otherwise 0.
 */
export async function inspect(words: CommandWords, io: Io): Promise<number> {
  const [file, ...others] = words.positionals
  if (file === undefined || others.length > 0) throw usageError('inspect takes one file, or - for stdin')
  const inspection = await inspectFile(file, words, io)
  const text = words.given.has('json') ? JSON.stringify(inspection) : inspectText(inspection)
  await put(io.stdout, `${text}\n`)
  return inspection.refused.count > 0 ? 1 : 0
}
