import type { EntryAnswer } from './send-service.ts'

/** Ids of the entries of a request: their indices in it. */
export const ENTRY_IDS: readonly string[] = Array.from({ length: 10 }, (_, at) => `${at}`)

interface Said {
  readonly Id?: string | undefined
}

interface FailedEntry extends Said {
  readonly Code?: string | undefined
  readonly SenderFault?: boolean | undefined
}

/**
 * Read responses that name entries by `Id`, in any order.
 *
 * The result of an entry that is named twice is contradictory. If an unknown name occurs, so are the results of unnamed
 * entries, since one of them is meant.
 *
 * @param idOf - returns the service's id of a stored entry.
 */
export function answersById<Stored extends Said>(
  count: number,
  stored: readonly Stored[] | undefined,
  failed: readonly FailedEntry[] | undefined,
  idOf: (entry: Stored) => string | undefined,
): readonly EntryAnswer[] {
  const answers: EntryAnswer[] = new Array(count).fill(undefined)
  let hasStranger = false
  const say = ({ Id }: Said, answer: EntryAnswer): void => {
    const at = ENTRY_IDS.indexOf(Id as string)
    if (at < 0 || at >= count) hasStranger = true
    else answers[at] = answers[at] === undefined ? answer : null
  }
  for (const entry of stored ?? []) say(entry, idOf(entry) ?? '')
  for (const entry of failed ?? []) say(entry, { code: `${entry.Code}`, isFinal: entry.SenderFault === true })
  return hasStranger ? answers.map((answer) => answer ?? null) : answers
}

interface IndexedEntry {
  readonly ErrorCode?: string | undefined
}

/**
 * Read responses in the order of the request.
 *
 * A list of another length has no valid results; with a wrong count of failures, the seemingly stored entries have
 * none.
 *
 * @param finalCodes - codes for which a retry cannot help, without the suffix `Exception`.
 */
export function answersByIndex<Entry extends IndexedEntry>(
  count: number,
  entries: readonly Entry[] | undefined,
  failedCount: number | undefined,
  idOf: (entry: Entry) => string | undefined,
  finalCodes?: ReadonlySet<string>,
): readonly EntryAnswer[] {
  if (entries?.length !== count) return []
  let failures = 0
  const answers: EntryAnswer[] = []
  for (const entry of entries) {
    const { ErrorCode } = entry
    if (ErrorCode === undefined || ErrorCode === null || ErrorCode === '') {
      // Neither an error nor an id: no result.
      answers.push(idOf(entry))
    } else {
      failures++
      answers.push({ code: ErrorCode, isFinal: finalCodes?.has(ErrorCode.replace(/Exception$/, '')) === true })
    }
  }
  if ((failedCount ?? failures) <= failures) return answers
  return answers.map((answer) => (typeof answer === 'string' ? undefined : answer))
}
