import { readFileSync } from 'node:fs'
import { type CsvOptions, decodeCsv } from 'millrace/codecs'
import { defineCandidate } from '../../candidate.ts'
import { tableFacts } from '../../facts.ts'

/** Rows between two lines of comment. */
const COMMENT_EVERY = 1000

/** The file, rewritten in another dialect before the clock starts. */
export function dialectCandidate(options: CsvOptions, convert: (text: string) => string) {
  return defineCandidate({
    prepare: ({ file }) => Buffer.from(convert(readFileSync(file, 'utf8'))),
    run: (_, bytes) => decodeCsv(bytes, options),
    facts: (table) => tableFacts(table, 'Amount'),
  })
}

/** The text with a comment before every thousandth row. */
export function withComments(text: string): string {
  let row = 0
  return text.replaceAll('\n', () => (++row % COMMENT_EVERY === 0 ? '\n# checked\n' : '\n'))
}
