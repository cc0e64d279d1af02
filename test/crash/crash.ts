// `npm run test:crash [-- --keys n --workers n]`: worker processes are killed by SIGKILL at random points while they work on shared keys, on DynamoDB
// and on S3. A ledger of what they did is then held against what is promised, and the figures are printed.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { createTableInput } from '../../src/idempotency/dynamodb-store.ts'
import { startDynamoDB } from '../support/dynamodb-server.ts'
import { BUCKET, startS3Server } from '../support/s3-server.ts'
import { type Figures, judge } from './ledger.ts'

const { values } = parseArgs({
  options: { keys: { type: 'string', default: '1500' }, workers: { type: 'string', default: '4' } },
})
const KEYS = Number(values.keys)
const WORKERS = Number(values.workers)
const CALLS_PER_KEY = 3
/** Far longer than a run, so that no lease runs out under a worker that lives: what runs twice was killed. */
const LEASE_MS = 3000
const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url))

interface Place {
  readonly kind: string
  readonly endpoint: string
  readonly place: string
}

/** Workers that are killed and replaced while keys are handed to them; then, after the last lease, every key once more, in peace. */
async function run({ kind, endpoint, place }: Place, policy: string, folder: string): Promise<Figures> {
  const ledger = join(folder, `${kind}-${policy}`)
  writeFileSync(ledger, '')
  let kills = 0
  const start = async (): Promise<ChildProcess> => {
    const args = [CHILD, kind, endpoint, place, ledger, policy, String(LEASE_MS)]
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdin?.on('error', () => {})
    if (child.stdout !== null) await once(child.stdout, 'data')
    child.stdout?.resume()
    return child
  }
  const kill = async (child: ChildProcess): Promise<void> => {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    appendFileSync(ledger, `killed - - ${child.pid}\n`)
  }
  const workers = await Promise.all(Array.from({ length: WORKERS }, start))
  let isOver = false
  const killing = (async () => {
    while (!isOver) {
      await wait(Math.random() * 150)
      const victim = Math.floor(Math.random() * WORKERS)
      const child = workers[victim]
      if (child === undefined || isOver) continue
      const [next] = await Promise.all([start(), kill(child)])
      kills++
      workers[victim] = next
    }
  })()

  const keys = Array.from({ length: KEYS }, (_, index) => `${policy}-${index}`)
  for (const key of keys) {
    for (let call = 0; call < CALLS_PER_KEY; call++)
      workers[Math.floor(Math.random() * WORKERS)]?.stdin?.write(`${key}\n`)
    await wait(Math.random() * 20)
  }
  isOver = true
  await killing
  await Promise.all(workers.map(kill))
  await wait(LEASE_MS + 1000)
  const last = await start()
  const answered = answers(last, KEYS)
  for (const key of keys) last.stdin?.write(`${key}\n`)
  await answered
  await kill(last)
  return { kind, policy, kills: kills + WORKERS, ...judge(readFileSync(ledger, 'utf8'), keys) }
}

/** Resolves when a worker has answered so many calls. */
function answers(worker: ChildProcess, count: number): Promise<void> {
  let heard = 0
  return new Promise((resolve) => {
    worker.stdout?.setEncoding('utf8').on('data', (text: string) => {
      heard += text.split('\n').length - 1
      if (heard >= count) resolve()
    })
  })
}

const folder = mkdtempSync(join(tmpdir(), 'millrace-crash-'))
const dynamodb = await startDynamoDB()
await dynamodb.client().send(new CreateTableCommand(createTableInput({ tableName: 'crash' })))
const s3 = await startS3Server()
const all: Figures[] = []
try {
  for (const place of [
    { kind: 'dynamodb', endpoint: dynamodb.endpoint, place: 'crash' },
    { kind: 's3', endpoint: s3.endpoint, place: BUCKET },
  ]) {
    for (const policy of ['retry', 'fail']) {
      const figures = await run(place, policy, folder)
      all.push(figures)
      console.log(JSON.stringify(figures, undefined, 2))
    }
  }
} finally {
  await Promise.all([dynamodb.close(), s3.close()])
  rmSync(folder, { recursive: true, force: true })
}
const broken = all.flatMap(({ violations }) => violations)
console.log(broken.length === 0 ? 'every promise held' : `BROKEN\n${broken.join('\n')}`)
process.exit(broken.length === 0 ? 0 : 1)
