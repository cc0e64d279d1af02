import { readFileSync, writeFileSync } from 'node:fs'
import { tableFromIPC, tableToIPC } from 'apache-arrow'
import { Compression, readParquet, Table, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm'
import { defineCandidate } from '../../candidate.ts'

export const candidate = defineCandidate({
  prepare: ({ file }) => tableFromIPC(readParquet(readFileSync(file)).intoIPCStream()),
  run({ output }, table) {
    const properties = new WriterPropertiesBuilder().setCompression(Compression.SNAPPY).build()
    writeFileSync(output, writeParquet(Table.fromIPCStream(tableToIPC(table, 'stream')), properties))
  },
})
