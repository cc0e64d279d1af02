import {
  type CreateTableCommandInput,
  GetItemCommand,
  type GetItemCommandOutput,
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
  type UpdateTimeToLiveCommandInput,
} from '@aws-sdk/client-dynamodb'
import { checkFields } from '../internal/check-arguments.ts'
import { checkOverflow, checkResultBytes } from './check-store.ts'
import {
  changedAttributes,
  type Item,
  type ItemLayout,
  itemBytes,
  itemOf,
  keyOfItem,
  MAX_ITEM_BYTES,
  recordOfItem,
} from './dynamodb-item.ts'
import { type DynamoDBSender, type DynamoDBTableLayout, layoutOf } from './dynamodb-layout.ts'
import type { StoredRecord } from './record.ts'
import { type RecordTable, recordStore, type Written } from './record-store.ts'
import type { IdempotencyStore, OverflowStore } from './store.ts'
import { storeFailure } from './store-failure.ts'

export {
  type DynamoDBCheckpointStoreOptions,
  dynamodbCheckpointStore,
} from './dynamodb-checkpoint-store.ts'
export type { DynamoDBSender, DynamoDBTableLayout } from './dynamodb-layout.ts'

export interface DynamoDBStoreOptions extends DynamoDBTableLayout {
  readonly client: DynamoDBSender
  /** Where results go that are too large for an item, such as an `s3Store`. Default: they are not kept. */
  readonly overflow?: OverflowStore
  /** Bytes of UTF-8 beyond which a result goes to the overflow store, or is not kept. Default: what fits an item of 400 KB. */
  readonly maxResultBytes?: number
}

export interface DynamoDBStore extends IdempotencyStore {
  /** For `CreateTableCommand` in tests, and as the definition for infrastructure as code: on-demand, keys alone. */
  createTableInput(): CreateTableCommandInput
  /** For `UpdateTimeToLiveCommand`: DynamoDB deletes what has expired, late and free of charge. */
  timeToLiveInput(): UpdateTimeToLiveCommandInput
}

/**
 * Records in a DynamoDB table.
 *
 * A claim is one conditional put, completing one conditional update; a claim that finds a record sees it in the failed condition's answer,
 * so a replay costs one request and no read. Takeovers and retries after an error cost one put more. Everything is strongly consistent.
 * Expiry is checked in the conditions; DynamoDB's own deletion, which is late by design, only tidies up.
 *
 * @param options.client - a `DynamoDBClient` or a document client; its retries and timeouts apply to every request.
 * @param options.tableName - a table as `createTableInput()` makes it; other names of its keys by `partitionKey`, `sortKey`.
 * @param options.overflow - where results go that do not fit an item of 400 KB.
 * @returns a store for `idempotent`.
 * @throws MillraceError, by its calls: `IDEMPOTENCY_STORE_FAILED` with the SDK's error as cause; `IDEMPOTENCY_RECORD_INVALID` for an item that is
 * no record; `IDEMPOTENCY_LEASE_LOST`. `OPTION_INVALID` and `TYPE_MISMATCH` at once.
 * @example no-run needs a table
 * const store = dynamodbStore({ client: new DynamoDBClient(), tableName: 'idempotency' })
 * const charge = async (order: { readonly id: string }) => ({ charged: order.id })
 * export const handler = idempotent(charge, { store, key: (order) => order.id, namespace: 'charge', ttlSeconds: 604_800 })
 */
export function dynamodbStore(options: DynamoDBStoreOptions): DynamoDBStore {
  const layout = layoutOf('dynamodbStore', options, STORE_OPTIONS)
  checkFields('dynamodbStore', 'options', options, { 'client!': 'client' })
  checkOverflow('dynamodbStore', options.overflow)
  checkResultBytes('dynamodbStore', options.maxResultBytes)
  return {
    ...recordStore(dynamodbTable(options, layout), options.overflow),
    createTableInput: () => createTableInput(options),
    timeToLiveInput: () => ({
      TableName: options.tableName,
      TimeToLiveSpecification: { AttributeName: layout.ttlAttribute, Enabled: true },
    }),
  }
}

/**
 * The table that a {@link dynamodbStore} needs, for `CreateTableCommand` and for infrastructure as code.
 *
 * @param options - its name, and those of its keys where they are not the defaults; the options of a `dynamodbStore` are taken too.
 * @returns on-demand, with its keys alone; switch time to live on as well.
 * @throws MillraceError `OPTION_INVALID` for names that clash, and for other options than those of `dynamodbStore`; `TYPE_MISMATCH` for what is no object.
 * @example
 * createTableInput({ tableName: 'idempotency' }).KeySchema // => [{ AttributeName: 'id', KeyType: 'HASH' }]
 */
export function createTableInput(options: DynamoDBTableLayout): CreateTableCommandInput {
  // The options of a store have the table's among them, and are mostly at hand.
  const { partitionKey, sortKey } = layoutOf('createTableInput', options, { ...STORE_OPTIONS, namespace: 'string' })
  const names = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]
  return {
    TableName: options.tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
  }
}

const STORE_OPTIONS = { client: 'client', overflow: 'object', maxResultBytes: 'number' } as const

/** The key and the other attributes of a record never come near what is left of an item with a result of this size. */
const SMALL_RESULT_BYTES = 256 * 1024

/** The atomic writes of records, as requests to DynamoDB. */
function dynamodbTable({ client, tableName, maxResultBytes }: DynamoDBStoreOptions, layout: ItemLayout): RecordTable {
  const send = <Output>(command: object): Promise<Output> => client.send(command as never) as Promise<Output>

  /** A conditional write; where the condition fails, DynamoDB returns what is there instead of what was to be written. */
  const write = async (action: string, key: string, command: object): Promise<Written> => {
    try {
      await send(command)
      return { won: true }
    } catch (error) {
      if (!isConditionFailed(error)) throw storeFailure(action, error)
      const item = error.Item ?? (await read(key))
      return item === undefined ? { won: false } : { won: false, found: { record: recordOfItem(key, item) } }
    }
  }

  /** What is there now, from servers that do not return it with the failed condition. */
  const read = async (key: string): Promise<Readonly<Record<string, unknown>> | undefined> => {
    const command = new GetItemCommand({ TableName: tableName, Key: keyOfItem(key, layout), ConsistentRead: true })
    try {
      return (await send<GetItemCommandOutput>(command)).Item
    } catch (error) {
      throw storeFailure('reading the record', error)
    }
  }

  const isAbsent = {
    ConditionExpression: 'attribute_not_exists(#id)',
    ExpressionAttributeNames: { '#id': layout.partitionKey },
  }
  const isAsFound = ({ token, state, leaseExpiresAt }: StoredRecord) => ({
    ConditionExpression: '#token = :token AND #state = :state AND #leaseExpiresAt = :leaseExpiresAt',
    ExpressionAttributeNames: { '#token': 'token', '#state': 'state', '#leaseExpiresAt': 'leaseExpiresAt' },
    ExpressionAttributeValues: {
      ':token': { S: token },
      ':state': { S: state },
      ':leaseExpiresAt': { N: `${leaseExpiresAt}` },
    },
  })
  const put = (record: StoredRecord, condition: Partial<PutItemCommandInput>): Promise<Written> => {
    const input: PutItemCommandInput = {
      TableName: tableName,
      Item: itemOf(record, layout),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      ...condition,
    }
    return write('the claim', record.key, new PutItemCommand(input))
  }

  return {
    insert: (record) => put(record, isAbsent),
    replace: ({ record: old }, record) => put(record, isAsFound(old)),
    change: (lease, record) => {
      const { expression, names, values } = assign(lease.token, changedAttributes(record, lease, layout))
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: keyOfItem(lease.key, layout),
        UpdateExpression: expression,
        ConditionExpression: '#token = :token AND #state = :held',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      })
      return write('writing to the record', lease.key, command)
    },
    fits: (record, bytes) => {
      if (bytes > (maxResultBytes ?? MAX_ITEM_BYTES)) return false
      if (bytes < SMALL_RESULT_BYTES) return true
      return bytes + itemBytes({ ...itemOf(record, layout), result: { S: '' } }) <= MAX_ITEM_BYTES
    },
  }
}

/** An update under a token, by placeholders: many good names are reserved words of DynamoDB, or hold what its expressions cannot. */
function assign(token: string, attributes: Item) {
  let expression = 'SET'
  const names: Record<string, string> = { '#token': 'token', '#state': 'state' }
  const values: Item = { ':token': { S: token }, ':held': { S: 'in-progress' } }
  for (const [name, value] of Object.entries(attributes)) {
    const comma = expression === 'SET' ? '' : ','
    const placeholder = name === 'state' ? 'state' : expression.length
    expression += `${comma} #${placeholder} = :${placeholder}`
    names[`#${placeholder}`] = name
    values[`:${placeholder}`] = value
  }
  return { expression, names, values }
}

interface ConditionFailed {
  readonly Item?: Readonly<Record<string, unknown>>
}

function isConditionFailed(error: unknown): error is ConditionFailed {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException'
}
