import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

export interface Call {
  readonly id: string
  readonly customer: number
  readonly items: readonly { readonly sku: string; readonly count: number }[]
  readonly note: string
}

export type Handler = (call: Call) => Promise<unknown>
/** What the key is made of. */
export type KeyKind = 'id' | 'input'
export type MakeHandler = (client: DynamoDBClient, key: KeyKind) => Handler

/** What every candidate makes idempotent. */
export const work = async ({ id, items }: Call): Promise<unknown> => ({ receipt: `r-${id}`, lines: items.length })
