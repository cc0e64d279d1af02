import { zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, type DecodedArray, parquetRead } from 'hyparquet'
import { defineCandidate } from '../../candidate.ts'
import { amountFacts } from '../../facts.ts'

export const candidate = defineCandidate({
  async run({ file }) {
    const columns = new Map<string, DecodedArray[]>()
    await parquetRead({
      file: await asyncBufferFromFile(file),
      compressors: { ZSTD: (bytes) => new Uint8Array(zstdDecompressSync(bytes)) },
      onChunk: ({ columnName, columnData }) => {
        columns.set(columnName, [...(columns.get(columnName) ?? []), columnData])
      },
    })
    return columns
  },
  facts(columns) {
    const [first = []] = columns.values()
    const amounts = columns.get('amount') ?? columns.get('distance') ?? []
    const rows = first.reduce((sum, chunk) => sum + chunk.length, 0)
    return amountFacts(
      rows,
      amounts.flatMap((chunk) => Array.from(chunk)),
    )
  },
})
