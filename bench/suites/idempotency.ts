import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median } from '../measure.ts'
import { formatTable } from '../table.ts'
import type { Suite } from './suite.ts'

const CANDIDATES = { Powertools: 'powertools', millrace: 'millrace' }
/** A new call or one that was completed before, and what its key is made of. */
const KINDS = [
  ['new', 'id'],
  ['replay', 'id'],
  ['new', 'input'],
  ['replay', 'input'],
] as const
const CHILD = fileURLToPath(new URL('../idempotency-child.ts', import.meta.url))

/** What one process measured: microseconds of CPU a call, and requests a call. */
export interface CallCost {
  readonly microseconds: number
  readonly requests: number
}

/** CPU of a call through a DynamoDB client that answers at once: what the library takes beside the SDK. Processes of their own, in turns. */
export const idempotency: Suite = async ({ runs = 7 }, print) => {
  const costs = new Map<string, CallCost[]>()
  for (let run = 0; run < runs; run++) {
    for (const [call, key] of KINDS) {
      const kind = `${call}, key by ${key}`
      for (const [name, module] of Object.entries(CANDIDATES)) {
        process.stderr.write(`idempotency, run ${run + 1} of ${runs}: ${kind}, ${name}\n`)
        const { stdout } = await promisify(execFile)(process.execPath, [CHILD, module, call, key])
        const list = costs.get(`${kind} ${name}`) ?? []
        costs.set(`${kind} ${name}`, [...list, JSON.parse(stdout)])
      }
    }
  }
  const figures = KINDS.flatMap(([call, key]) =>
    Object.keys(CANDIDATES).map((name) => {
      const list = costs.get(`${call}, key by ${key} ${name}`) ?? []
      const microseconds = list.map((cost) => cost.microseconds)
      return {
        call: `${call}, key by ${key}`,
        name,
        requests: list[0]?.requests ?? 0,
        medianMicroseconds: median(microseconds),
        bestMicroseconds: Math.min(...microseconds),
      }
    }),
  )
  const text = formatTable(
    ['call', '', 'requests', 'CPU, median', 'CPU, best'],
    figures.map((each) => [
      each.call,
      each.name,
      each.requests.toFixed(2),
      `${each.medianMicroseconds.toFixed(1)} us`,
      `${each.bestMicroseconds.toFixed(1)} us`,
    ]),
  )
  print(`idempotency: CPU of a call beside the SDK\n${text}`)
  return { other: { text, figures } }
}
