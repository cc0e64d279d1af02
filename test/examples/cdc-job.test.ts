import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import { marshall } from '@aws-sdk/util-dynamodb'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compactTable } from '../../examples/cdc-job/compact.ts'
import { createHandler } from '../../examples/cdc-job/handler.ts'
import { deserializeImage } from '../../src/cdc/index.ts'
import { jsonText } from '../../src/cdc/table/json-text.ts'
import { decodeParquet, rowsFromTable } from '../../src/codecs/index.ts'
import { type DynamoDBServer, dynamoDBServer, hasDynoxide, startDynoxide } from '../support/dynamodb-server.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'
import { createStreamedTable, openTableStream, type TableStream } from './support/dynamodb-table-stream.ts'

/** A server with streams that runs already, such as DynamoDB Local. */
const endpoint = process.env['DYNAMODB_ENDPOINT']
// A server that runs already may have one from before.
const TABLE = `orders-${process.pid}`
const KEYS = ['customer', 'order']

describe.skipIf(endpoint === undefined && !hasDynoxide)(
  'the CDC job on a table with a stream (needs dynoxide, or DYNAMODB_ENDPOINT)',
  () => {
    let dynamodb: DynamoDBServer
    let s3: S3Server
    let tableClient: DynamoDBClient
    let s3Client: S3Client
    let stream: TableStream
    beforeAll(async () => {
      dynamodb = endpoint === undefined ? await startDynoxide() : await dynamoDBServer('other', endpoint)
      s3 = await startS3Server()
      tableClient = dynamodb.client()
      s3Client = s3.client()
      stream = openTableStream(dynamodb, await createStreamedTable(tableClient, TABLE))
    }, 60_000)
    afterAll(async () => {
      stream?.close()
      await s3?.close()
      await dynamodb?.close()
    })

    const put = (item: Record<string, unknown>, numbers: Record<string, AttributeValue> = {}) =>
      tableClient.send(new PutItemCommand({ TableName: TABLE, Item: { ...marshall(item), ...numbers } }))
    const drop = (customer: string, order: number) =>
      tableClient.send(new DeleteItemCommand({ TableName: TABLE, Key: marshall({ customer, order }) }))
    const handle = async (size: number) => {
      const handler = createHandler({ client: s3Client, bucket: BUCKET })
      const events = await stream.nextEvents(size)
      for (const event of events) expect(await handler(event)).toEqual({ batchItemFailures: [] })
      return events
    }
    const compact = () => compactTable({ client: s3Client, bucket: BUCKET, table: TABLE, keys: KEYS })
    const snapshotRows = async () => [...rowsFromTable(await decodeParquet(await s3.get(`snapshots/${TABLE}.parquet`)))]

    /** The table itself, as the rows of a snapshot show it. */
    async function scannedRows(): Promise<unknown[]> {
      const { Items = [] } = await tableClient.send(new ScanCommand({ TableName: TABLE, ConsistentRead: true }))
      return byKey(Items.map((item) => rowOf(deserializeImage(item as never))))
    }

    test('change log, snapshot by compaction, and the MERGE of the log into the old snapshot give the scan of the table', async () => {
      for (let order = 0; order < 20; order++)
        await put({ customer: `c${order % 3}`, order, status: 'NEW', amount: order + 0.5 })
      await put({
        customer: 'c9',
        order: 1,
        seal: Uint8Array.of(0, 255),
        tags: new Set(['b', 'a']),
        address: { zip: '8001', list: [1, 'x'] },
      })
      await handle(7)
      await compact()
      const old = await s3.get(`snapshots/${TABLE}.parquet`)
      expect(byKey((await snapshotRows()).map(itemOf))).toEqual(await scannedRows())

      for (let order = 0; order < 20; order += 2)
        await put({ customer: `c${order % 3}`, order, status: 'PAID', views: 2n ** 60n + BigInt(order) })
      for (let order = 0; order < 20; order += 5) await drop(`c${order % 3}`, order)
      await put({ customer: 'c0', order: 0, status: 'AGAIN' }, { amount: { N: '1234567890123456789.0123456789' } })
      await drop('c9', 1)
      await put({ customer: 'new', order: -5, tags: new Set([2, 1]), address: [] })
      const events = await handle(6)
      expect(events.length).toBeGreaterThan(2)

      const expected = await scannedRows()
      expect(await mergedRows(old)).toEqual(expected)
      const { rows } = await compact()
      expect(rows).toBe(expected.length)
      expect(byKey((await snapshotRows()).map(itemOf))).toEqual(expected)

      // The same once more, and a batch that is delivered twice, change nothing.
      const before = s3.keys()
      const handler = createHandler({ client: s3Client, bucket: BUCKET })
      for (const event of events) await handler(event)
      await compact()
      expect(s3.keys()).toEqual(before)
      expect(byKey((await snapshotRows()).map(itemOf))).toEqual(expected)
    })

    test('a record that cannot be read: those before it are written, it is reported, so Lambda retries from there', async () => {
      await put({ customer: 'a', order: 1 })
      await put({ customer: 'b', order: 1 })
      await put({ customer: 'c', order: 1 })
      const [event] = await stream.nextEvents(10)
      const broken = structuredClone(event) as { Records: { dynamodb: { NewImage: object; SequenceNumber: string } }[] }
      const [, second] = broken.Records
      if (second !== undefined) second.dynamodb.NewImage = { customer: { N: 'x' } }
      const handler = createHandler({ client: s3Client, bucket: BUCKET })
      const before = s3.keys().length
      expect(await handler(broken)).toEqual({
        batchItemFailures: [{ itemIdentifier: second?.dynamodb.SequenceNumber }],
      })
      expect(s3.keys().length).toBe(before + 1)
      await handler({ Records: event?.Records.slice(1) })
      await compact()
      expect(byKey((await snapshotRows()).map(itemOf))).toEqual(await scannedRows())
    })

    /** What a lake's engine does: MERGE the last change of each key into the old snapshot. */
    async function mergedRows(old: Uint8Array): Promise<unknown[]> {
      const folder = await mkdtemp(join(tmpdir(), 'cdc-job-'))
      const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
      const connection = await instance.connect()
      try {
        writeFileSync(join(folder, 'old.parquet'), old)
        for (const [index, key] of s3
          .keys()
          .filter((each) => each.startsWith('changes/'))
          .entries()) {
          writeFileSync(join(folder, `change-${index}.parquet`), await s3.get(key))
        }
        await merge(connection, folder)
        const rows = (
          await connection.runAndReadAll(
            'SELECT * REPLACE (amount::VARCHAR AS amount, lower(hex(seal)) AS seal) FROM snapshot',
          )
        ).getRowObjectsJS()
        return byKey(rows.map(itemOf))
      } finally {
        connection.closeSync()
        instance.closeSync()
        await rm(folder, { recursive: true })
      }
    }
  },
)

/** The recipe of the guide. */
async function merge(connection: DuckDBConnection, folder: string): Promise<void> {
  await connection.run(`CREATE TABLE snapshot AS SELECT * FROM '${folder}/old.parquet'`)
  await connection.run(`
    MERGE INTO snapshot USING (
      SELECT * FROM '${folder}/change-*.parquet'
      QUALIFY row_number() OVER (PARTITION BY customer, "order" ORDER BY __seq DESC) = 1
    ) AS change
    ON snapshot.customer = change.customer AND snapshot."order" = change."order"
    WHEN MATCHED AND change.__deleted THEN DELETE
    WHEN MATCHED AND change.__seq > snapshot.__seq THEN UPDATE
    WHEN NOT MATCHED AND NOT change.__deleted THEN INSERT`)
}

/** An item of the table with the columns and in the terms of the schema of the example. */
function rowOf(item: Record<string, unknown>): Record<string, string | null> {
  const text = (value: unknown): string | null =>
    value === undefined ? null : typeof value === 'string' ? value : (jsonText(value) ?? null)
  const { amount, seal, ...rest } = item
  const names = ['customer', 'order', 'status', 'views', 'tags', 'address']
  const [whole = '', fraction = ''] = String(amount).split('.')
  return {
    ...Object.fromEntries(names.map((name) => [name, text(rest[name])])),
    amount: amount === undefined ? null : `${whole}.${fraction.padEnd(10, '0')}`,
    seal: seal === undefined ? null : Buffer.from(seal as Uint8Array).toString('hex'),
  }
}

/** A row of a snapshot without what tells of the change, as text. */
function itemOf(row: Record<string, unknown>): Record<string, string | null> {
  const names = ['customer', 'order', 'status', 'views', 'tags', 'address', 'amount']
  const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))
  const seal = row['seal']
  return {
    ...Object.fromEntries(names.map((name) => [name, text(row[name])])),
    seal: seal instanceof Uint8Array ? Buffer.from(seal).toString('hex') : text(seal),
  }
}

function byKey(rows: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  const key = ({ customer, order }: Record<string, unknown>): string => `${customer}/${order}`
  return [...rows].sort((left, right) => (key(left) < key(right) ? -1 : 1))
}
