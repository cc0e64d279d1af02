import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { removeFolder, scratchFolder } from '../../test/package/support/packed.ts'
import { bundleExample, bundleWithCache, type ExampleBundle, linkSdk } from '../../test/real/example-bundle.ts'
import type { ExampleCase } from '../../test/real/examples/example-case.ts'
import { EXAMPLES } from '../../test/real/examples/index.ts'
import { startLambda } from '../../test/real/lambda.ts'
import { type LocalServices, startLocalServices } from '../../test/real/local-services.ts'
import { bareFunction } from '../../test/real/memory-limit.ts'
import { CACHE, installPackages, realPackage } from '../../test/real/packages.ts'
import { eventsCsv } from '../generate.ts'
import { median } from '../measure.ts'
import { formatTable } from '../table.ts'
import type { Suite } from './suite.ts'

const RUNS = 7
/** The example that is measured with a code cache. */
const CACHED = 's3-job'
/** 10 MB of events. */
const ROWS = 100_000
const SDK = `import { S3Client } from '@aws-sdk/client-s3'\nexport const client = new S3Client({})`
const ABOUT = `Each function of \`examples/\` under AWS's own runtime client, bundled as in the README, without the SDK, on local
services. \`bare Node\` is a handler that does nothing; the row below it also creates an S3 client. Init lasts from the
start of the process to its first request for an invocation, as Lambda counts it. The first run gets a small event,
the second the same event again, which \`kinesis-job\` and \`finish\` skip as done. \`code cache\` is a bundle of
\`millrace/bundle\`; a cache of another Node version is ignored, as after a patch by AWS. Medians over fresh processes,
by turns. \`x bare\` compares the CPU time of init, which a busy machine affects least.`

interface Candidate {
  readonly name: string
  readonly task: string
  readonly bytes: number
  readonly example?: ExampleCase
  /** A larger file in the place of that of the event. */
  readonly csv?: string
}

interface Turn {
  readonly initMs: number
  readonly initCpuMs: number
  readonly firstMs: number
  readonly firstCpuMs: number
  readonly secondMs: number
  readonly secondCpuMs: number
}

/** What a cold start of each example costs. */
export const coldStart: Suite = async ({ runs = RUNS, only = '' }, print) => {
  const ric = realPackage('aws-lambda-ric', installPackages(join(CACHE, 'packages'), ['aws-lambda-ric']))
  if (ric === undefined)
    throw new Error('there is no aws-lambda-ric: apt-get install autoconf automake libtool cmake g++, and run it again')
  const folder = scratchFolder()
  const services = await startLocalServices()
  try {
    linkSdk(folder)
    const candidates: Candidate[] = [
      { name: 'bare Node', task: bareFunction(folder), bytes: 0 },
      { name: 'with @aws-sdk/client-s3', task: bareFunction(folder, 'sdk', SDK), bytes: 0 },
    ]
    for (const example of EXAMPLES.filter(({ name }) => name.includes(only)))
      candidates.push({ name: example.name, example, ...(await bundleExample(example.file, folder)) })
    for (const example of EXAMPLES.filter(({ name }) => name === CACHED && name.includes(only)))
      candidates.push(...(await cachedCandidates(example, folder)))
    const turns = new Map<Candidate, Turn[]>(candidates.map((candidate) => [candidate, []]))
    for (let run = 0; run < runs; run++) {
      process.stderr.write(`cold-start, run ${run + 1} of ${runs}\n`)
      for (const candidate of candidates) turns.get(candidate)?.push(await takeTurn(ric, services, candidate))
    }
    const figures = [...turns].map(([{ name, bytes }, taken]) => ({ name, bytes, ...medians(taken) }))
    const text = coldStartTable(figures)
    print(`cold-start\n${text}`)
    return { other: { about: ABOUT, text, figures } }
  } finally {
    await services.close()
    removeFolder(folder)
  }
}

/** The job with the SDK inside and with a code cache, which fits or is of another Node, on its small event and on 10 MB. */
async function cachedCandidates(example: ExampleCase, folder: string): Promise<Candidate[]> {
  const inside = await bundleExample(example.file, folder, { external: [] })
  const beside = await bundleWithCache(example.file, folder, { external: ['@aws-sdk/*'] })
  const cached = await bundleWithCache(example.file, folder)
  const foreign = await bundleWithCache(example.file, folder, { isForeign: true })
  const csv = await readFile(await eventsCsv(ROWS), 'utf8')
  const candidate = (name: string, bundle: ExampleBundle, more = {}) => ({
    name: `${CACHED}, ${name}`,
    example,
    ...bundle,
    ...more,
  })
  return [
    candidate('SDK inside', inside),
    candidate('SDK beside, code cache', beside),
    candidate('SDK inside, code cache', cached),
    candidate('SDK inside, code cache of another Node', foreign),
    candidate('SDK inside, 10 MB', inside, { csv }),
    candidate('SDK inside, code cache, 10 MB', cached, { csv }),
  ]
}

async function takeTurn(ric: string, services: LocalServices, { name, task, example, csv }: Candidate): Promise<Turn> {
  const { env, event } = (await example?.prepare(services, 'small')) ?? { event: {} }
  if (csv !== undefined) await services.put('landing/orders.csv', csv)
  const lambda = startLambda({
    ric,
    task,
    handlers: { [name]: `handler.${example?.handler ?? 'handler'}` },
    env: { ...services.env, ...env },
  })
  try {
    const invoke = async () => {
      const invocation = await lambda.invoke(name, JSON.stringify(event))
      const { isError, body, ms } = await invocation.answer
      if (isError || example?.isDone(JSON.parse(body)) === false) throw new Error(`${name}: ${body} ${lambda.log()}`)
      return { ms, init: await invocation.init, cpuMs: invocation.figures().cpuMs }
    }
    const first = await invoke()
    const second = await invoke()
    return {
      initMs: first.init.ms,
      initCpuMs: first.init.cpuMs,
      firstMs: first.ms,
      firstCpuMs: first.cpuMs - first.init.cpuMs,
      secondMs: second.ms,
      secondCpuMs: second.cpuMs - first.cpuMs,
    }
  } finally {
    lambda.close()
  }
}

function medians(turns: readonly Turn[]): Turn {
  const of = (name: keyof Turn): number => median(turns.map((turn) => turn[name]))
  return {
    initMs: of('initMs'),
    initCpuMs: of('initCpuMs'),
    firstMs: of('firstMs'),
    firstCpuMs: of('firstCpuMs'),
    secondMs: of('secondMs'),
    secondCpuMs: of('secondCpuMs'),
  }
}

function coldStartTable(figures: readonly (Turn & { readonly name: string; readonly bytes: number })[]): string {
  const bare = figures[0]?.initCpuMs ?? Number.NaN
  const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`
  return formatTable(
    ['', 'bundle', 'init', 'CPU of init', 'x bare', 'first run', 'CPU', 'second run', 'CPU'],
    figures.map(({ name, bytes, initMs, initCpuMs, firstMs, firstCpuMs, secondMs, secondCpuMs }) => [
      name,
      bytes === 0 ? '-' : `${(bytes / 1000).toFixed(1)} kB`,
      milliseconds(initMs),
      milliseconds(initCpuMs),
      `${(initCpuMs / bare).toFixed(2)}x`,
      milliseconds(firstMs),
      milliseconds(firstCpuMs),
      milliseconds(secondMs),
      milliseconds(secondCpuMs),
    ]),
  )
}
