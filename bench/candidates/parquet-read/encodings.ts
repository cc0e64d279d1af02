import { readFileSync } from 'node:fs'
import { decodeParquet, encodeParquet, type ParquetOptions } from 'millrace/codecs'
import { defineCandidate } from '../../candidate.ts'
import { tableFacts } from '../../facts.ts'

/** The file, written again with other encodings before the clock starts. */
export function encodingsCandidate(encodings: NonNullable<ParquetOptions['encodings']>) {
  return defineCandidate({
    prepare: async ({ file }) => encodeParquet(await decodeParquet(readFileSync(file)), { encodings }),
    run: (_, bytes) => decodeParquet(bytes),
    facts: (table) => tableFacts(table, 'amount'),
  })
}
