import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import * as mini from 'zod/mini'
import type { Facts } from './candidate.ts'

/** Lambda's largest batch of a Kinesis stream. */
const RECORDS = 10_000
const PAYLOAD_BYTES = 400
/** How often a candidate works through the batch: a function that is warm does so for hours. */
const ROUNDS = 10

const DATA = fileURLToPath(new URL('./data/', import.meta.url))

/** Six fields, as a job that validates its records has them. */
export const orderSchema = z.object({
  event_id: z.string(),
  event_type: z.string(),
  user_id: z.number(),
  amount: z.number(),
  created_at: z.string(),
  note: z.string(),
})

/** The same without zod's compiled parsers: a smaller bundle that validates more slowly. */
export const miniOrderSchema = mini.object({
  event_id: mini.string(),
  event_type: mini.string(),
  user_id: mini.number(),
  amount: mini.number(),
  created_at: mini.string(),
  note: mini.string(),
})

export type Order = z.infer<typeof orderSchema>

function order(index: number): Order {
  const fields = {
    event_id: `evt_${index.toString(36).padStart(8, '0')}`,
    event_type: ['purchase', 'refund', 'page_view'][index % 3] ?? '',
    user_id: (index * 7919) % 250_000,
    amount: ((index * 104_729) % 1_000_000) / 100,
    created_at: new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString(),
  }
  const rest = PAYLOAD_BYTES - JSON.stringify({ ...fields, note: '' }).length
  return { ...fields, note: 'left at the door '.repeat(40).slice(0, rest) }
}

/** Path of an event of 10,000 records of 400 bytes as JSON, made once and kept. */
export function kinesisEventFile(): string {
  const path = `${DATA}kinesis-event.json`
  if (existsSync(path)) return path
  mkdirSync(DATA, { recursive: true })
  const first = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898n
  const Records = Array.from({ length: RECORDS }, (_, index) => {
    const sequenceNumber = String(first + BigInt(index))
    return {
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: `user-${index % 500}`,
        sequenceNumber,
        data: Buffer.from(JSON.stringify(order(index))).toString('base64'),
        approximateArrivalTimestamp: 1_767_225_600 + index / 1000,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `shardId-000000000006:${sequenceNumber}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: 'arn:aws:iam::123456789012:role/lambda-role',
      awsRegion: 'eu-west-1',
      eventSourceARN: 'arn:aws:kinesis:eu-west-1:123456789012:stream/orders',
    }
  })
  writeFileSync(path, JSON.stringify({ Records }))
  return path
}

/** A fresh copy of the event for every round, as every invocation has its own. */
export async function eventsOfRounds<Event>({ file }: { readonly file: string }): Promise<readonly Event[]> {
  const text = await readFile(file, 'utf8')
  return Array.from({ length: ROUNDS }, () => JSON.parse(text) as Event)
}

/** What every candidate must have read in its last round. */
export function orderFacts(orders: readonly Order[]): Facts {
  return { records: orders.length, amount: Math.round(orders.reduce((sum, { amount }) => sum + amount, 0)) }
}

export interface BareEvent {
  readonly Records: readonly { readonly kinesis: { readonly data: string } }[]
}
