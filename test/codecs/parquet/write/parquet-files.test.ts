import { expect, test } from 'vitest'
import { csv } from '../../../../src/codecs/csv/csv.ts'
import { parquet } from '../../../../src/codecs/parquet/parquet.ts'
import { parquetFilesOf } from '../../../../src/codecs/parquet/write/parquet-files.ts'
import { tableFromRows } from '../../../../src/columns/table-from-rows.ts'
import { metadataOf } from '../support/parquet-oracles.ts'

test('a Parquet codec makes files with its options, written by turns; others make none', () => {
  const codec = parquet({ rowGroupRows: 2 })
  expect([codec.name, codec.contentType]).toEqual(['parquet', 'application/vnd.apache.parquet'])
  const make = parquetFilesOf(codec)
  const [first, second] = [make?.(), make?.()]
  const [batch] = tableFromRows([{ a: 1 }, { a: 2 }, { a: 3 }]).batches
  if (first === undefined || second === undefined || batch === undefined) throw new Error('no files')
  const pieces: [Uint8Array[], Uint8Array[]] = [[], []]
  pieces[0].push(...first.add(batch))
  pieces[1].push(...second.add(batch))
  pieces[0].push(...first.finish())
  pieces[1].push(...second.add(batch), ...second.finish())
  const rows = pieces.map((all) => metadataOf(Buffer.concat(all)).row_groups.map(({ num_rows }) => Number(num_rows)))
  expect(rows).toEqual([
    [2, 1],
    [2, 2, 2],
  ])
  expect(parquetFilesOf(csv())).toBeUndefined()
})
