import { MillraceError } from '../errors.ts'
import { checkFields, checkOptions, type Kind } from '../internal/check-arguments.ts'
import type { ItemLayout } from './dynamodb-item.ts'

/** A `DynamoDBClient` of `@aws-sdk/client-dynamodb`, or a document client of `@aws-sdk/lib-dynamodb` around one. */
export interface DynamoDBSender {
  send(command: never): Promise<unknown>
}

/** The table of the records, and the names of its attributes. */
export interface DynamoDBTableLayout {
  readonly tableName: string
  /** Name of the partition key, a string. Default `id`. */
  readonly partitionKey?: string
  /** Name of the sort key, a string, if the table has one. */
  readonly sortKey?: string
  /** The sort key of every record. Default `idempotency`. */
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

const KINDS = {
  tableName: 'text',
  partitionKey: 'text',
  sortKey: 'text',
  sortKeyValue: 'text',
  ttlAttribute: 'text',
} as const satisfies Record<keyof DynamoDBTableLayout, Kind>

/**
 * The layout of a table, with its defaults.
 *
 * @param others - options of the entry besides those of the table.
 * @throws MillraceError `OPTION_INVALID` for unknown options and conflicting names; `TYPE_MISMATCH` for a value that is not an object.
 */
export function layoutOf(
  entry: string,
  options: DynamoDBTableLayout,
  others: Readonly<Record<string, Kind>> = {},
): ItemLayout {
  checkFields(entry, 'options', options, { 'tableName!': 'text' }, `write ${entry}({ tableName: 'idempotency' })`)
  checkOptions(entry, options, { ...KINDS, ...others })
  const { partitionKey = 'id', sortKey, sortKeyValue = 'idempotency', ttlAttribute = 'ttl' } = options
  const names = [partitionKey, ttlAttribute, ...(sortKey === undefined ? [] : [sortKey])]
  const clash = names.find((name, index) => OWN_ATTRIBUTES.includes(name) || names.indexOf(name) < index)
  if (clash !== undefined)
    throw new MillraceError(
      'OPTION_INVALID',
      `${entry}: partitionKey, sortKey and ttlAttribute must differ from each other and from the record's attributes`,
    )
  return { partitionKey, sortKey, sortKeyValue, ttlAttribute }
}
