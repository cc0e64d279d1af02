import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { decodeParquet, encodeParquet, parquet, rowsFromTable, type SchemaOption, tableFromRows } from 'millrace/codecs'
import { s3Sink, s3Source } from 'millrace/s3'

interface Compaction {
  readonly client: S3Client
  readonly bucket: string
  readonly table: string
  /** The attributes of the table's key. */
  readonly keys: readonly string[]
}

type Row = Record<string, unknown>

/**
 * Fold the change log of a table into its snapshot: one row per existing item. The row with the highest sequence number wins,
 * so a file that is read twice, or was already in the last snapshot, makes no difference.
 */
export async function compactTable({
  client,
  bucket,
  table,
  keys,
}: Compaction): Promise<{ key: string; rows: number }> {
  const snapshot = `snapshots/${table}.parquet`
  const files = [
    ...(await keysUnder(client, bucket, snapshot)),
    ...(await keysUnder(client, bucket, `changes/${table}/`)),
  ]
  const latest = new Map<string, Row>()
  let schema: SchemaOption = {}
  for (const key of files) {
    const rows = await decodeParquet(s3Source(client, { bucket, key }))
    schema = rows.schema
    for (const row of rowsFromTable(rows)) {
      const id = JSON.stringify(keys.map((name) => String(row[name])))
      if (sequenceOf(row) >= sequenceOf(latest.get(id))) latest.set(id, row)
    }
  }
  const live = [...latest.values()].filter((row) => row['__deleted'] === false)
  const bytes = await encodeParquet(tableFromRows(live, { schema }))
  const sink = s3Sink(client, { bucket, key: snapshot, contentType: parquet().contentType })
  await sink(
    (async function* () {
      yield bytes
    })(),
  )
  return { key: snapshot, rows: live.length }
}

/** Padded, so that numbers sort as text. */
function sequenceOf(row: Row | undefined): string {
  return String(row?.['__seq'] ?? '')
}

async function keysUnder(client: S3Client, bucket: string, prefix: string): Promise<string[]> {
  const keys: string[] = []
  let token: string | undefined
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ...(token !== undefined && { ContinuationToken: token }),
      }),
    )
    for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key)
    token = page.NextContinuationToken
  } while (token !== undefined)
  return keys
}
