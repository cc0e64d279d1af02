import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startLambda } from './lambda.ts'

/** A function that does nothing, after some imports. */
export function bareFunction(folder: string, name = 'bare', imports = ''): string {
  const task = join(folder, name)
  mkdirSync(task, { recursive: true })
  writeFileSync(join(task, 'handler.mjs'), `${imports}\nexport const handler = async () => ({})\n`)
  return task
}

/**
 * The limit of `prlimit --data` under which a function has so much memory, as Lambda counts it. Node maps several hundred MB privately that never
 * become resident: so many as a function that does nothing maps beyond its resident memory.
 */
export async function dataLimit(ric: string, folder: string, megabytes: number): Promise<number> {
  const task = bareFunction(folder)
  const lambda = startLambda({ ric, task, handlers: { bare: 'handler.handler' }, env: {} })
  try {
    const { answer, figures } = await lambda.invoke('bare', '{}')
    await answer
    const { dataBytes, residentBytes } = figures()
    return megabytes * 1024 * 1024 + Math.max(0, dataBytes - residentBytes)
  } finally {
    lambda.close()
  }
}
