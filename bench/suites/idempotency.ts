import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median } from '../measure.ts'
import { formatTable } from '../table.ts'
import type { Suite } from './suite.ts'

const CANDIDATES = { Powertools: 'powertools', millrace: 'millrace', 'the bare requests': 'bare' }
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

/**
 * CPU of a call, through a DynamoDB client whose requests are answered at once in the same process: what the library takes beside the SDK. Each
 * candidate in a process of its own, in turns.
 */
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
  const figures = KINDS.flatMap(([call, key]) => {
    const kind = `${call}, key by ${key}`
    const bare = best(costs.get(`${kind} the bare requests`))
    return Object.keys(CANDIDATES).map((name) => {
      const list = costs.get(`${kind} ${name}`) ?? []
      return {
        call: kind,
        name,
        requests: list[0]?.requests ?? 0,
        medianMicroseconds: median(list.map(({ microseconds }) => microseconds)),
        bestMicroseconds: best(list),
        bestBeyondBare: best(list) - bare,
      }
    })
  })
  const text = formatTable(
    ['call', '', 'requests', 'CPU, median', 'CPU, best', 'beyond the bare requests'],
    figures.map((each) => [
      each.call,
      each.name,
      each.requests.toFixed(2),
      `${each.medianMicroseconds.toFixed(0)} us`,
      `${each.bestMicroseconds.toFixed(0)} us`,
      `${each.bestBeyondBare.toFixed(0)} us`,
    ]),
  )
  print(`idempotency: CPU of a call, DynamoDB answering at once\n${text}`)
  return { other: { text, figures } }
}

function best(costs: readonly CallCost[] | undefined): number {
  return Math.min(...(costs ?? []).map(({ microseconds }) => microseconds))
}
