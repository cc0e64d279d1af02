import { MillraceError } from '../errors.ts'
import type { ItemLayout } from './dynamodb-item.ts'

/** A `DynamoDBClient` of `@aws-sdk/client-dynamodb`, or a document client of `@aws-sdk/lib-dynamodb` around one. */
export interface DynamoDBSender {
  send(command: never): Promise<unknown>
}

/** Where the records lie. */
export interface DynamoDBTableLayout {
  readonly tableName: string
  /** Name of the partition key, a string. Default `id`. */
  readonly partitionKey?: string
  /** Name of the sort key, a string, where the table has one. */
  readonly sortKey?: string
  /** What every record has as its sort key. Default `idempotency`. */
  readonly sortKeyValue?: string
  /** Name of the attribute by which DynamoDB deletes records, in seconds since 1970. Default `ttl`. */
  readonly ttlAttribute?: string
}

const OWN_ATTRIBUTES = [
  'state',
  'token',
  'attempt',
  'leaseExpiresAt',
  'expiresAt',
  'fingerprint',
  'result',
  'overflow',
  'noResult',
]

/**
 * The layout of a table, with its defaults.
 *
 * @throws MillraceError `OPTION_INVALID` for names that clash.
 */
export function layoutOf(options: DynamoDBTableLayout): ItemLayout {
  const { partitionKey = 'id', sortKey, sortKeyValue = 'idempotency', ttlAttribute = 'ttl' } = options
  const names = [partitionKey, ttlAttribute, ...(sortKey === undefined ? [] : [sortKey])]
  const clash = names.find((name, index) => name === '' || OWN_ATTRIBUTES.includes(name) || names.indexOf(name) < index)
  if (clash !== undefined)
    throw new MillraceError(
      'OPTION_INVALID',
      'partitionKey, sortKey and ttlAttribute must be different names, and not those of the record itself',
    )
  if (typeof options.tableName !== 'string' || options.tableName === '')
    throw new MillraceError('OPTION_INVALID', 'tableName: must be the name or ARN of a table')
  return { partitionKey, sortKey, sortKeyValue, ttlAttribute }
}
