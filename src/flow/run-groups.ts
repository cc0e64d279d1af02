import type { EventRecord } from '../events/event-record.ts'
import type { BatchGroup } from './batch-groups.ts'
import { isStream } from './batch-plan.ts'
import type { BatchTrace } from './batch-trace.ts'
import { failedRecordOf, reasonOf } from './fail-from.ts'
import type { GroupHandler, ProcessBatchesOptions } from './process-batch-options.ts'
import { recordWork } from './record-work.ts'
import { type BatchRun, Progress } from './run-batch.ts'
import type { TimeLimit } from './time-limit.ts'

export interface GroupsWork<T> {
  readonly groups: readonly BatchGroup[]
  readonly records: readonly EventRecord<T>[]
  readonly handler: GroupHandler<T>
  readonly options: ProcessBatchesOptions<T>
  readonly limit: TimeLimit
  readonly concurrency: number
  readonly trace: BatchTrace | undefined
}

/** The work, and its progress. */
interface GroupsRun<T> extends GroupsWork<T> {
  readonly progress: Uint8Array
  readonly errors: Map<number, unknown>
  readonly setAside: ReturnType<typeof recordWork<T>>['setAside']
  readonly report: ReturnType<typeof recordWork<T>>['report']
}

/** Run the groups, `concurrency` at a time. If the wait for `finished` ends early, `run` has the progress of each record. */
export function runGroups<T>(work: GroupsWork<T>) {
  const { groups, records, options, concurrency } = work
  const { report, setAside, close } = recordWork(records, options)
  const state = {
    ...work,
    progress: new Uint8Array(records.length),
    errors: new Map<number, unknown>(),
    report,
    setAside,
  }
  const run: BatchRun = { progress: state.progress, results: [], errors: state.errors }
  let next = 0
  const runWorker = async (): Promise<void> => {
    for (let group = groups[next++]; group !== undefined; group = groups[next++]) {
      await runGroup(group, state)
    }
  }
  const finished = Promise.all(Array.from({ length: Math.min(concurrency, groups.length) }, runWorker))
  const reportAll = (indexes: readonly number[], error: unknown): Promise<void> => reportFailed(indexes, error, state)
  return { run, finished, reportAll, close }
}

async function runGroup<T>(group: BatchGroup, state: GroupsRun<T>): Promise<void> {
  const { records, handler, limit, errors } = state
  const decoded = await decodedIn(group, state)
  if (limit.isReached()) return limit.reach()
  const batch = decoded.flatMap((index) => records[index] ?? [])
  const [first] = batch
  if (first === undefined) return
  const { source } = first
  const { key } = group
  mark(decoded, Progress.running, state)
  try {
    // A copy: the handler may sort it.
    const run = Object.freeze({ source, signal: limit.signal, ...(key !== undefined && { key }) })
    await handler(batch.slice(), run)
    mark(decoded, Progress.done, state)
  } catch (thrown) {
    const from = Math.max((batch as readonly unknown[]).indexOf(failedRecordOf(thrown)), 0)
    const unfinished = decoded.slice(from)
    mark(decoded, Progress.done, state)
    mark(unfinished, Progress.failed, state)
    const error = reasonOf(thrown)
    // Once per group: the error of a batch has one of each failed call.
    for (const index of unfinished.slice(0, 1)) errors.set(index, error)
    await reportFailed(unfinished, error, state)
  }
}

/** The indices of the records to pass to the handler. One that cannot be decoded is quarantined, or ends an ordered group. */
async function decodedIn<T>({ indexes, isOrdered }: BatchGroup, state: GroupsRun<T>): Promise<number[]> {
  const { records, progress, errors, limit, trace, report } = state
  const take = (index: number): unknown => setAsideOf(index, state)
  const setAside = trace === undefined ? take : trace.around(take)
  const decoded: number[] = []
  for (const index of indexes) {
    const record = records[index]
    if (record === undefined || limit.isReached()) break
    if (record.payload.ok) {
      decoded.push(index)
      continue
    }
    progress[index] = Progress.running
    try {
      await setAside(index)
      progress[index] = Progress.done
    } catch (error) {
      progress[index] = Progress.failed
      errors.set(index, error)
      await report(index, error)
      if (isOrdered) break
    }
  }
  return decoded
}

function setAsideOf<T>(index: number, { records, setAside }: GroupsRun<T>): unknown {
  const record = records[index]
  return record === undefined || record.payload.ok ? undefined : setAside(index, record, record.payload.error)
}

/** Report the records that the response reports: of a stream only the first. */
async function reportFailed<T>(indexes: readonly number[], error: unknown, state: GroupsRun<T>): Promise<void> {
  const isOfStream = isStream(state.records[0]?.source)
  await Promise.all((isOfStream ? indexes.slice(0, 1) : indexes).map((index) => state.report(index, error)))
}

function mark<T>(indexes: readonly number[], value: number, { progress }: GroupsRun<T>): void {
  for (const index of indexes) progress[index] = value
}
