import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, expect, test } from 'vitest'
import { createTableInput } from '../../src/idempotency/dynamodb-store.ts'
import { startDynamoDB } from '../support/dynamodb-server.ts'
import { BUCKET, startS3Server } from '../support/s3-server.ts'

const PROCESSES = 8
const CHILD = fileURLToPath(new URL('./support/one-effect-child.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'millrace-processes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Eight processes with seven callers each, all of one key: what each caller got, and what was done. */
async function race(kind: string, endpoint: string, place: string) {
  const ledger = join(folder, randomUUID())
  const args = [CHILD, kind, endpoint, place, randomUUID(), ledger, '7']
  const runs = await Promise.all(
    Array.from({ length: PROCESSES }, () => promisify(execFile)(process.execPath, args, { timeout: 60_000 })),
  )
  return {
    results: runs.flatMap(({ stdout }) => JSON.parse(stdout) as number[]),
    effects: readFileSync(ledger, 'utf8').trimEnd().split('\n').map(Number),
  }
}

test('DynamoDB: 8 processes, 56 callers, one key: one side effect, whose result all get', async () => {
  const server = await startDynamoDB()
  await server.client().send(new CreateTableCommand(createTableInput({ tableName: 'race' })))
  const { results, effects } = await race('dynamodb', server.endpoint, 'race')
  expect(effects).toHaveLength(1)
  expect(results).toEqual(new Array(PROCESSES * 7).fill(effects[0]))
  await server.close()
})

test('S3: 8 processes, 56 callers, one key: one side effect, whose result all get', async () => {
  const server = await startS3Server()
  const { results, effects } = await race('s3', server.endpoint, BUCKET)
  expect(effects).toHaveLength(1)
  expect(results).toEqual(new Array(PROCESSES * 7).fill(effects[0]))
  await server.close()
})
