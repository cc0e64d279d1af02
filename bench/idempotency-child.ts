// CPU of the calls of one candidate: `idempotency-child.ts <module of bench/candidates/idempotency> <new|replay> <id|input>` prints a CallCost.
import type { Call, KeyKind, MakeHandler } from './candidates/idempotency/calls.ts'
import { stubDynamoDB } from './stub-dynamodb.ts'
import type { CallCost } from './suites/idempotency.ts'

const CALLS = 20_000

const [module = '', kind = '', keyArgument = ''] = process.argv.slice(2)
const key: KeyKind = keyArgument === 'id' ? 'id' : 'input'
const { make } = (await import(`./candidates/idempotency/${module}.ts`)) as { make: MakeHandler }
const calls: readonly Call[] = Array.from({ length: CALLS }, (_, index) => ({
  id: `order-${index}`,
  customer: (index * 7919) % 100_000,
  items: Array.from({ length: 3 }, (_, item) => ({ sku: `sku-${(index * 31 + item) % 997}`, count: 1 + item })),
  note: 'leave it at the door, please',
}))

const warm = make(stubDynamoDB({ remembers: true }).client, key)
for (let round = 0; round < 2; round++) for (const call of calls.slice(0, CALLS / 2)) await warm(call)

const { client, requests } = stubDynamoDB({ remembers: kind === 'replay' })
const handler = make(client, key)
if (kind === 'replay') for (const call of calls) await handler(call)
const before = { requests: requests(), cpu: process.cpuUsage() }
for (const call of calls) await handler(call)
const { user, system } = process.cpuUsage(before.cpu)
const cost: CallCost = {
  microseconds: (user + system) / CALLS,
  requests: (requests() - before.requests) / CALLS,
}
console.log(JSON.stringify(cost))
