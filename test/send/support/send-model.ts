import fc from 'fast-check'
import { MillraceError } from '../../../src/errors.ts'
import { createSender } from '../../../src/send/create-sender.ts'
import { isSendError } from '../../../src/send/send-error.ts'
import { type OrderedSendOptions, settingsOf } from '../../../src/send/send-options.ts'
import type { SendOutcome, SendReport } from '../../../src/send/send-report.ts'
import type { EntryAnswer, SendService } from '../../../src/send/send-service.ts'

/** An entry of a service that exists for the laws alone. */
export interface ModelEntry {
  readonly id: number
  readonly key: string | undefined
  readonly bytes: number
  readonly isBad: boolean
  /** True if the service stores it once although it arrives twice. */
  readonly isRepeatable: boolean
}

/** Reaction of the service to a request. */
export type Fate =
  | { readonly kind: 'answers'; readonly entries: readonly EntryFate[] }
  | { readonly kind: 'throttles' | 'refuses' | 'finds content' | 'throws at once' | 'never answers' }
  | { readonly kind: 'loses the answer'; readonly stores: readonly boolean[] }
  | { readonly kind: 'answers short'; readonly said: number }
export type EntryFate = 'stored' | 'failed' | 'failed for good' | 'said twice' | 'left out'

/** Observations of a call from outside. */
export interface ModelRun {
  readonly entries: readonly ModelEntry[]
  readonly requests: readonly (readonly ModelEntry[])[]
  /** In the order of storing; more than once where an entry was sent again after it was stored. */
  readonly stored: readonly ModelEntry[]
  /** Entries that a request carried which had no answer about them. */
  readonly unanswered: ReadonlySet<number>
  readonly outcomes: readonly SendOutcome<ModelEntry>[]
  readonly report: SendReport | undefined
  readonly thrown: unknown
  readonly mostInFlight: number
  readonly mostPending: number
  /** Entries that the source had yielded. */
  readonly yielded: number
  readonly isClosed: boolean
}

export const MODEL_LIMITS = { maxEntries: 4, maxBytes: 40, maxEntryBytes: 20, order: 'key' } as const

export interface ModelCase {
  readonly entries: readonly ModelEntry[]
  readonly fates: readonly Fate[]
  readonly options: OrderedSendOptions<ModelEntry>
  readonly source: 'array' | 'iterable' | 'async'
  /** The source throws after so many entries. */
  readonly throwsAfter: number | undefined
  /** The call is aborted after so many things that happened. */
  readonly abortsAfter: number | undefined
}

export const SOURCE_ERROR = new Error('the source is broken')

const entry = (keys: number): fc.Arbitrary<ModelEntry> =>
  fc
    .record({
      key: fc.option(fc.nat(keys), { nil: undefined, freq: 6 }),
      bytes: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 20 }) }, fc.integer({ min: 21, max: 60 })),
      isBad: fc.oneof({ weight: 12, arbitrary: fc.constant(false) }, fc.constant(true)),
      isRepeatable: fc.boolean(),
    })
    .map(({ key, ...rest }) => ({ id: 0, key: key === undefined ? undefined : `k${key}`, ...rest }))

const entryFate = fc.oneof(
  { weight: 8, arbitrary: fc.constant<EntryFate>('stored') },
  { weight: 3, arbitrary: fc.constant<EntryFate>('failed') },
  fc.constantFrom<EntryFate>('failed for good', 'said twice', 'left out'),
)

const fate: fc.Arbitrary<Fate> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .array(entryFate, { minLength: 1, maxLength: 4 })
      .map((entries): Fate => ({ kind: 'answers', entries })),
  },
  fc.constantFrom<Fate>({ kind: 'throttles' }, { kind: 'finds content' }, { kind: 'throws at once' }),
  fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }).map((stores): Fate => ({ kind: 'loses the answer', stores })),
  fc.nat(3).map((said): Fate => ({ kind: 'answers short', said })),
)
const rareFate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 30, arbitrary: fate },
  fc.constantFrom<Fate>({ kind: 'refuses' }),
)

/** Cases of every kind; those with an abort may also have requests that are never answered. */
export function arbitraryCase(aborts = false): fc.Arbitrary<ModelCase> {
  const fates: fc.Arbitrary<Fate> = aborts
    ? fc.oneof({ weight: 5, arbitrary: rareFate }, fc.constantFrom<Fate>({ kind: 'never answers' }))
    : rareFate
  return fc.record({
    entries: fc.nat(5).chain((keys) => fc.array(entry(keys), { maxLength: 30 }).map(numbered)),
    fates: fc.array(fates, { maxLength: 40 }),
    options: fc.record(
      {
        concurrency: fc.integer({ min: 1, max: 4 }),
        maxEntries: fc.integer({ min: 1, max: 4 }),
        maxPending: fc.integer({ min: 1, max: 20 }),
        attempts: fc.integer({ min: 1, max: 4 }),
        atMostOnce: fc.boolean(),
        order: fc.constantFrom('key' as const, 'none' as const),
      },
      { requiredKeys: ['concurrency', 'maxEntries', 'attempts'] },
    ) as fc.Arbitrary<OrderedSendOptions<ModelEntry>>,
    source: fc.constantFrom('array' as const, 'iterable' as const, 'async' as const),
    throwsAfter: fc.option(fc.nat(30), { nil: undefined, freq: 3 }),
    abortsAfter: aborts ? fc.nat(60) : fc.constant(undefined),
  })
}

function numbered(entries: readonly ModelEntry[]): ModelEntry[] {
  return entries.map((one, id) => ({ ...one, id }))
}

/** Take a case through a sender, everything asynchronous in the order of the scheduler. */
export async function runCase(
  { entries, fates, options, source, throwsAfter, abortsAfter }: ModelCase,
  scheduler: fc.Scheduler,
): Promise<ModelRun> {
  const controller = new AbortController()
  let events = 0
  const happens = (): void => {
    if (events++ === abortsAfter) controller.abort(new Error('enough'))
  }
  const requests: ModelEntry[][] = []
  const stored: ModelEntry[] = []
  const unanswered = new Set<number>()
  const outcomes: SendOutcome<ModelEntry>[] = []
  const seen = { inFlight: 0, mostInFlight: 0, mostPending: 0, yielded: 0, isClosed: false }
  const hung = new Promise<never>(() => {})

  const service: SendService<ModelEntry, ModelEntry> = {
    name: 'sqs',
    toWire(one) {
      if (one.isBad) throw new MillraceError('TYPE_MISMATCH', 'is bad')
      return { ...one }
    },
    bytesOf: ({ bytes }) => bytes,
    keyOf: ({ key }) => key,
    isRepeatable: (one) => one.isRepeatable,
    send(wires) {
      const request = [...wires]
      const planned = fates[requests.length] ?? { kind: 'answers', entries: ['stored'] }
      requests.push(request)
      seen.mostInFlight = Math.max(seen.mostInFlight, ++seen.inFlight)
      happens()
      if (planned.kind === 'throws at once') {
        seen.inFlight--
        throw Object.assign(new Error(), { name: 'ThrottlingException' })
      }
      if (planned.kind === 'never answers') {
        for (const { id } of request) unanswered.add(id)
        // Nothing else may happen any more that the abort could follow.
        scheduler.schedule(Promise.resolve(), 'abort').then(() => controller.abort(new Error('enough')))
        return hung
      }
      return scheduler.schedule(Promise.resolve(), 'answer').then(() => {
        seen.inFlight--
        happens()
        return answer(planned, request, stored, unanswered)
      })
    },
    answersOf: (output) => output as readonly EntryAnswer[],
  }
  const settings = settingsOf<ModelEntry>(
    'modelSender',
    {
      ...options,
      lingerMs: 0,
      sleep: async () => {
        await scheduler.schedule(Promise.resolve(), 'sleep')
        happens()
      },
      onOutcome(outcome) {
        outcomes.push(outcome)
        happens()
      },
    },
    MODEL_LIMITS,
  )
  const onYield = (): void => {
    seen.yielded++
    seen.mostPending = Math.max(seen.mostPending, seen.yielded - outcomes.length)
    happens()
  }
  const given = sourceOf(source, entries, throwsAfter, scheduler, onYield, () => {
    seen.isClosed = true
  })
  const call = createSender(service, settings)(given, { signal: controller.signal })
  let report: SendReport | undefined
  let thrown: unknown
  try {
    report = await scheduler.waitFor(call)
  } catch (error) {
    thrown = error
    if (isSendError(error)) report = error.report
  }
  return { entries, requests, stored, unanswered, outcomes, report, thrown, ...seen }
}

function answer(
  planned: Fate,
  request: readonly ModelEntry[],
  stored: ModelEntry[],
  unanswered: Set<number>,
): readonly EntryAnswer[] {
  const loseAll = (): void => request.forEach(({ id }) => void unanswered.add(id))
  switch (planned.kind) {
    case 'throttles':
      throw Object.assign(new Error(), { name: 'RequestThrottled', $metadata: { httpStatusCode: 400, attempts: 1 } })
    case 'refuses':
      throw Object.assign(new Error(), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
    case 'finds content':
      throw Object.assign(new Error(), { name: 'BatchRequestTooLong', $metadata: { httpStatusCode: 400 } })
    case 'loses the answer':
      loseAll()
      stored.push(...request.filter((_, at) => planned.stores[at % planned.stores.length]))
      throw Object.assign(new Error(), { code: 'ECONNRESET' })
    case 'answers short': {
      stored.push(...request)
      for (const { id } of request.slice(planned.said)) unanswered.add(id)
      return request.slice(0, planned.said).map(({ id }) => `id-${id}`)
    }
    case 'answers':
      return request.map((one, at) => {
        const own = planned.entries[at % planned.entries.length] ?? 'stored'
        if (own === 'failed' || own === 'failed for good') return { code: 'Nope', isFinal: own !== 'failed' }
        stored.push(one)
        if (own === 'stored') return `id-${one.id}`
        unanswered.add(one.id)
        return own === 'said twice' ? null : undefined
      })
    default:
      throw new Error(planned.kind)
  }
}

function sourceOf(
  kind: ModelCase['source'],
  entries: readonly ModelEntry[],
  throwsAfter: number | undefined,
  scheduler: fc.Scheduler,
  onYield: () => void,
  onClose: () => void,
): Iterable<ModelEntry> | AsyncIterable<ModelEntry> {
  if (kind === 'array') return entries
  function* iterate() {
    try {
      for (const one of entries) {
        if (one.id === throwsAfter) throw SOURCE_ERROR
        onYield()
        yield one
      }
    } finally {
      onClose()
    }
  }
  if (kind === 'iterable') return iterate()
  return (async function* () {
    for (const one of iterate()) {
      await scheduler.schedule(Promise.resolve(), 'source')
      yield one
    }
  })()
}
