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
  /** The store of results that are too large for an item, such as an `s3Store`. Default: they are not kept. */
  readonly overflow?: OverflowStore
  /** Bytes of UTF-8 beyond which a result goes to the overflow store, or is not kept. Default: as many as fit an item of 400 KB. */
  readonly maxResultBytes?: number
}

export interface DynamoDBStore extends IdempotencyStore {
  /** For `CreateTableCommand` in tests, and as the definition for infrastructure as code: on-demand, with the keys only. */
  createTableInput(): CreateTableCommandInput
  /** For `UpdateTimeToLiveCommand`: DynamoDB deletes expired records, late and free of charge. */
  timeToLiveInput(): UpdateTimeToLiveCommandInput
}

/**
 * Store records in a DynamoDB table.
 *
 * A claim is one conditional put, completing one conditional update; a claim that finds a record gets it in the
 * response to the failed condition, so a replay costs one request and no read. Takeovers and retries after an error
 * cost one more put. Everything is strongly consistent. Expiry is checked in the conditions; DynamoDB's own deletion,
 * which is late by design, only cleans up.
 *
 * @param options.client - a `DynamoDBClient` or a document client; its retries and timeouts apply to every request.
 * @param options.tableName - a table with the layout of `createTableInput()`; set other key names with `partitionKey`, `sortKey`.
 * @param options.overflow - store for results that do not fit an item of 400 KB.
 * @returns a store for `idempotent`.
 * @throws MillraceError, by its calls: `IDEMPOTENCY_STORE_FAILED` with the SDK's error as cause;
 * `IDEMPOTENCY_RECORD_INVALID` for an item that is not a record; `IDEMPOTENCY_LEASE_LOST`. `OPTION_INVALID` and
 * `TYPE_MISMATCH` at once.
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
 * Describe the table that a {@link dynamodbStore} needs, for `CreateTableCommand` and for infrastructure as code.
 *
 * @param options - its name, and the names of its keys if not the defaults; the options of a `dynamodbStore` are accepted too.
 * @returns on-demand, with its keys only; enable time to live as well.
 * @throws MillraceError `OPTION_INVALID` for conflicting names, and for other options than those of `dynamodbStore`;
 * `TYPE_MISMATCH` for a value that is not an object.
 * @example
 * createTableInput({ tableName: 'idempotency' }).KeySchema // => [{ AttributeName: 'id', KeyType: 'HASH' }]
 */
export function createTableInput(options: DynamoDBTableLayout): CreateTableCommandInput {
  // The options of a store include the table's.
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

/** With a result of this size, the rest of an item is more than enough for the key and the other attributes. */
const SMALL_RESULT_BYTES = 256 * 1024

/** The atomic writes of records, as requests to DynamoDB. */
function dynamodbTable({ client, tableName, maxResultBytes }: DynamoDBStoreOptions, layout: ItemLayout): RecordTable {
  const send = <Output>(command: object): Promise<Output> => client.send(command as never) as Promise<Output>

  /** A conditional write; if the condition fails, DynamoDB returns the existing item. */
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

  /** Read the record of a key, from servers that do not return it with the failed condition. */
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

/** An update under a token, with placeholders: many names are reserved words of DynamoDB, or have characters that its expressions do not allow. */
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
