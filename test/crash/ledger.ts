export interface Figures extends Judgement {
  readonly kind: string
  readonly policy: string
  readonly kills: number
}

export interface Judgement {
  readonly keys: number
  readonly runs: number
  /** Runs of a worker that was killed before it came to an end. */
  readonly killedRuns: number
  readonly failedRuns: number
  readonly answers: Readonly<Record<string, number>>
  /** Keys whose side effect happened more than once: each time a worker was killed, or threw, between the effect and its record. */
  readonly keysDoneAgain: number
  /** Broken promises: must be none. */
  readonly violations: readonly string[]
}

interface Run {
  readonly process: string
  effects: number
  isOver: boolean
  failed: boolean
}

/** `event key token process`, as workers and whoever kills them write it. */
type Line = readonly [event: string, key: string, token: string, process: string]

/**
 * Hold a ledger against the promises: no run begins while another one of its key lives, or after a result was given; all results of a key are
 * those of one run, which did its work once; every run that came to no end was killed; each key comes to an end (a result or, with the
 * policy `fail`, a refusal to guess).
 */
export function judge(ledger: string, keys: readonly string[]): Judgement {
  const books = new Map(keys.map((key) => [key, newBook(key)]))
  const killed = new Set<string>()
  for (const line of ledger.trimEnd().split('\n')) {
    const [event = '', key = '', token = '', process = ''] = line.split(' ')
    if (event === 'killed') killed.add(process)
    else enter(books.get(key) ?? newBook(key), [event, key, token, process], killed)
  }
  const all = [...books.values()]
  const runs = all.flatMap((book) => [...book.runs.values()])
  const answers: Record<string, number> = {}
  for (const answer of all.flatMap((book) => book.answers)) answers[answer] = (answers[answer] ?? 0) + 1
  for (const book of all) close(book, killed)
  return {
    keys: keys.length,
    runs: runs.length,
    killedRuns: runs.filter(({ isOver, failed }) => !isOver && !failed).length,
    failedRuns: runs.filter(({ failed }) => failed).length,
    answers,
    keysDoneAgain: all.filter((book) => [...book.runs.values()].filter(({ effects }) => effects > 0).length > 1).length,
    violations: all.flatMap((book) => book.violations.map((text) => `${book.key}: ${text}`)),
  }
}

/** What the ledger says of one key. */
interface Book {
  readonly key: string
  readonly runs: Map<string, Run>
  readonly results: Set<string>
  readonly answers: string[]
  readonly violations: string[]
}

function newBook(key: string): Book {
  return { key, runs: new Map(), results: new Set(), answers: [], violations: [] }
}

function enter({ runs, results, answers, violations }: Book, line: Line, killed: ReadonlySet<string>): void {
  const [event, , token, process] = line
  const run = runs.get(token)
  if (event === 'begin') {
    if (results.size > 0) violations.push('a run begins after a result was given')
    if ([...runs.values()].some((each) => isAlive(each, killed))) violations.push('two runs are alive')
    runs.set(token, { process, effects: 0, isOver: false, failed: false })
  } else if (event === 'effect' || event === 'fail') {
    if (run === undefined) violations.push(`${event} without a run`)
    else if (event === 'effect') run.effects++
    else run.failed = true
  } else {
    answers.push(event)
    if (event !== 'result') return
    results.add(token)
    if (run?.effects !== 1 || run.failed) violations.push('a result of a run that did not do its work once')
    if (run !== undefined) run.isOver = true
  }
}

function close({ runs, results, answers, violations }: Book, killed: ReadonlySet<string>): void {
  if (results.size > 1) violations.push(`results of ${results.size} runs`)
  if ([...runs.values()].some((run) => isAlive(run, killed))) violations.push('a run that nobody killed came to no end')
  const last = answers.at(-1)
  if (last !== 'result' && last !== 'IDEMPOTENCY_OUTCOME_UNKNOWN' && last !== 'thrown')
    violations.push(`stuck: its last answer is ${last ?? 'none'}`)
}

function isAlive({ process, isOver, failed }: Run, killed: ReadonlySet<string>): boolean {
  return !isOver && !failed && !killed.has(process)
}
