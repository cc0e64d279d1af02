import { setTimeout as wait } from 'node:timers/promises'
import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  DeleteItemCommand,
  GetItemCommand,
  type GetItemCommandOutput,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb'
import { MillraceError } from '../../errors.ts'
import { backoffMs } from '../../internal/backoff.ts'
import { checkFields, checkOptions } from '../../internal/check-arguments.ts'
import { nameOf } from '../../internal/service-error.ts'
import {
  arriveFailed,
  type GatherRun,
  type GatherStore,
  partsMismatch,
  resultGone,
  resultsFailed,
  type StoredResult,
  storedInvalid,
} from './gather-store.ts'

export interface DynamoDBGatherOptions {
  /** A `DynamoDBClient`, or a document client around one; its retries and timeouts apply to every request. */
  readonly client: { send(command: never): Promise<unknown> }
  /** A table with the partition key `id`, a string, and time to live by `ttl`: can be the table of a `dynamodbStore`. */
  readonly tableName: string
}

type Item = Record<string, AttributeValue>

/** Up to this total size, results are kept in the run's item, so that an arrival is one request. */
const MAX_INLINE_BYTES = 32 * 1024
/** Bytes of a DynamoDB item, minus the key and the other attributes of a result. */
const MAX_RESULT_BYTES = 400 * 1024 - 2048
/** Up to here the set of parts and the results fit one item. */
const MAX_PARTS = 50_000
/** The most keys of a `BatchGetItem`. */
const KEYS_PER_READ = 100
const MAX_TURNS = 8

/**
 * Create a store of the results of runs in a DynamoDB table.
 *
 * An arrival is one conditional update of the run's item while `parts` times the bytes of the result stay under 32 KiB;
 * otherwise the result is a separate item, put on condition that none exists, and the update counts it. Reads are
 * strongly consistent. DynamoDB bills an update by the size of the run's item and handles about 1,000 KiB of them per
 * second, so keep results small (a key and counts) and parts in the thousands.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 *
 * @param options.client - needs `dynamodb:UpdateItem`, `GetItem`, `PutItem`, `DeleteItem` and `BatchGetItem` on the table.
 * @param options.tableName - ids of a gather begin with `gather#`, so it can be the table of a `dynamodbStore`.
 * @returns a store for `gather`.
 * @throws MillraceError from its calls: see `GatherStore`. `LIMIT_EXCEEDED` for over 50,000 parts, or a result over 398 KiB.
 * @example no-run needs a table
 * const store = dynamodbGather({ client: new DynamoDBClient(), tableName: 'idempotency' })
 * const { isComplete } = await gather({ store, run: 'orders-2026-11-29', parts: 80 }).arrive(7, { rows: 1_000_000 })
 */
export function dynamodbGather(options: DynamoDBGatherOptions): GatherStore {
  checkFields('dynamodbGather', 'options', options, { 'client!': 'client', 'tableName!': 'text' })
  checkOptions('dynamodbGather', options, { client: 'client', tableName: 'text' })
  const { client, tableName: TableName } = options
  const send = <Output>(command: object): Promise<Output> => client.send(command as never) as Promise<Output>

  const find = async (id: string): Promise<Item | undefined> => {
    const command = new GetItemCommand({ TableName, Key: keyOf(id), ConsistentRead: true })
    return (await send<GetItemCommandOutput>(command)).Item
  }

  /** Put a result as a separate item unless a live one exists. True if it was put. */
  const putResult = async ({ now, expiresAt }: GatherRun, id: string, text: string): Promise<boolean> => {
    const command = new PutItemCommand({
      TableName,
      Item: { ...keyOf(id), result: { S: text }, ttl: { N: `${expiresAt}` } },
      ConditionExpression: 'attribute_not_exists(#id) OR #ttl <= :now',
      ExpressionAttributeNames: { '#id': 'id', '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':now': { N: `${now}` } },
    })
    return send(command).then(
      () => true,
      (error: unknown) => {
        if (isConditionFailed(error)) return false
        throw error
      },
    )
  }

  const count = async (run: GatherRun, part: number, text: string | undefined): Promise<number> => {
    for (let turns = 0; turns < MAX_TURNS; turns++) {
      try {
        const { Attributes } = await send<UpdateItemCommandOutput>(new UpdateItemCommand(countInput(run, part, text)))
        return partsOf(Attributes).length
      } catch (error) {
        if (!isConditionFailed(error)) throw error
        const item = error.Item ?? (await find(runId(run)))
        const found = item === undefined ? undefined : stateOf(item)
        if (found !== undefined && found.expiresAt > run.now) {
          if (found.parts !== run.parts) throw partsMismatch(run.parts, found.parts)
          if (found.done.includes(part)) return found.done.length
        } else if (found !== undefined) await deleteExpired(run, found.expiresAt)
      }
    }
    throw new MillraceError('WRITE_FAILED', `gather: the run's item changed ${MAX_TURNS} times during one arrival`)
  }

  const countInput = (run: GatherRun, part: number, text: string | undefined) => ({
    TableName,
    Key: keyOf(runId(run)),
    UpdateExpression: `SET #parts = :parts, #ttl = :ttl${text === undefined ? '' : ', #result = :result'} ADD #done :done`,
    ConditionExpression:
      'attribute_not_exists(#id) OR (#parts = :parts AND #ttl > :now AND NOT contains(#done, :part))',
    ExpressionAttributeNames: {
      '#id': 'id',
      '#parts': 'parts',
      '#ttl': 'ttl',
      '#done': 'done',
      ...(text !== undefined && { '#result': `r${part}` }),
    },
    ExpressionAttributeValues: {
      ':parts': { N: `${run.parts}` },
      ':ttl': { N: `${run.expiresAt}` },
      ':now': { N: `${run.now}` },
      ':part': { N: `${part}` },
      ':done': { NS: [`${part}`] },
      ...(text !== undefined && { ':result': { S: text } }),
    },
    ReturnValues: 'UPDATED_NEW' as const,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  })

  /** Delete a run's expired item that DynamoDB has not deleted yet. */
  const deleteExpired = async (run: GatherRun, expiresAt: number): Promise<void> => {
    const command = new DeleteItemCommand({
      TableName,
      Key: keyOf(runId(run)),
      ConditionExpression: '#ttl = :ttl',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':ttl': { N: `${expiresAt}` } },
    })
    await send(command).catch((error: unknown) => {
      if (!isConditionFailed(error)) throw error
    })
  }

  const store = async (run: GatherRun, part: number, text: string): Promise<number> => {
    const bytes = Buffer.byteLength(text)
    if (bytes * run.parts < MAX_INLINE_BYTES) return count(run, part, text)
    if (bytes > MAX_RESULT_BYTES) throw resultTooLarge(part, bytes)
    const id = resultId(run, part)
    const isPut = await putResult(run, id, text)
    try {
      return await count(run, part, undefined)
    } catch (error) {
      if (isPut && isMismatch(error)) await send(new DeleteItemCommand({ TableName, Key: keyOf(id) }))
      throw error
    }
  }

  /** Results in separate items, for up to 100 parts. */
  const readResults = async (run: GatherRun, parts: readonly number[]): Promise<Map<string, Item>> => {
    const found = new Map<string, Item>()
    let Keys: Item[] | undefined = parts.map((part) => keyOf(resultId(run, part)))
    for (let turns = 0; Keys !== undefined && Keys.length > 0; turns++) {
      if (turns > 0) await wait(backoffMs(turns - 1, { baseMs: 25, maxMs: 2000 }))
      const command: BatchGetItemCommand = new BatchGetItemCommand({
        RequestItems: { [TableName]: { Keys, ConsistentRead: true } },
      })
      const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await send(command)
      // Responses use the table's name, even if the request has its ARN.
      for (const item of Object.values(Responses ?? {}).flat()) found.set(String(item['id']?.S), item)
      Keys = Object.values(UnprocessedKeys ?? {})[0]?.Keys
      if (turns === 100) throw new MillraceError('SOURCE_UNAVAILABLE', 'gather: DynamoDB left keys unread 100 times')
    }
    return found
  }

  async function* results(run: GatherRun): AsyncGenerator<StoredResult> {
    const item = await find(runId(run)).catch(throwAs(resultsFailed))
    const state = item === undefined ? undefined : stateOf(item)
    if (item === undefined || state === undefined || state.expiresAt <= run.now) return
    if (state.parts !== run.parts) throw partsMismatch(run.parts, state.parts)
    for (let at = 0; at < state.done.length; at += KEYS_PER_READ) {
      const parts = state.done.slice(at, at + KEYS_PER_READ)
      const apart = parts.filter((part) => item[`r${part}`] === undefined)
      const found = await readResults(run, apart).catch(throwAs(resultsFailed))
      for (const part of parts) {
        const text = (item[`r${part}`] ?? found.get(resultId(run, part))?.['result'])?.S
        if (text === undefined) throw resultGone(part)
        yield { part, text }
      }
    }
  }

  return {
    arrive: async (run, part, text) => {
      if (run.parts > MAX_PARTS) throw tooManyParts(run.parts)
      return store(run, part, text).catch(throwAs(arriveFailed))
    },
    results,
  }
}

function runId({ run }: GatherRun): string {
  return `gather#${run}`
}

/** The number of parts is in the key, so that a call with another number never finds a result of the run. */
function resultId({ run, parts }: GatherRun, part: number): string {
  return `gather#${run}#${parts}#${part}`
}

function keyOf(id: string): Item {
  return { id: { S: id } }
}

/** Parse the state of a run from its item. */
function stateOf(item: Item): { readonly parts: number; readonly expiresAt: number; readonly done: number[] } {
  const state = { parts: Number(item['parts']?.N), expiresAt: Number(item['ttl']?.N), done: partsOf(item) }
  if (!Number.isInteger(state.parts) || !Number.isInteger(state.expiresAt)) throw storedInvalid("a run's item")
  return state
}

function partsOf(item: Item | undefined): number[] {
  return (item?.['done']?.NS ?? []).map(Number).sort((a, b) => a - b)
}

function isConditionFailed(error: unknown): error is { readonly Item?: Item } {
  return nameOf(error) === 'ConditionalCheckFailedException'
}

function isMismatch(error: unknown): boolean {
  return error instanceof MillraceError && error.code === 'SPLIT_MISMATCH'
}

/** Return errors of this library unchanged, and convert those of the service. */
function throwAs(wrap: (cause: unknown) => MillraceError): (error: unknown) => never {
  return (error) => {
    throw error instanceof MillraceError ? error : wrap(error)
  }
}

function resultTooLarge(part: number, bytes: number): MillraceError {
  return new MillraceError(
    'LIMIT_EXCEEDED',
    `gather: the result of part ${part} has ${bytes} bytes, over the limit of DynamoDB, ${MAX_RESULT_BYTES}; store it in S3 and return its key, or use s3Gather`,
  )
}

function tooManyParts(parts: number): MillraceError {
  return new MillraceError(
    'LIMIT_EXCEEDED',
    `gather: a run on DynamoDB has at most ${MAX_PARTS} parts, not ${parts}; use larger parts, or s3Gather`,
  )
}
