import { setMaxListeners } from 'node:events'
import type { MillraceError } from '../errors.ts'
import { type EntrySource, entrySource } from './entry-source.ts'
import { createKeyOrder, type KeyOrder } from './key-order.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import type { SendSettings } from './send-options.ts'
import type { SendReport } from './send-report.ts'
import type { SendService } from './send-service.ts'

/** The state of one call of a sender. */
export interface SendRun<Entry, Wire> {
  readonly service: SendService<Entry, Wire>
  readonly settings: SendSettings<Entry>
  readonly source: EntrySource<Entry>
  readonly ledger: Ledger<Entry, Wire>
  readonly outbox: Outbox<Entry, Wire>
  readonly keys: KeyOrder<Entry, Wire>
  /** Cancels requests and waits that nobody needs any more. */
  readonly controller: AbortController
  readonly resolve: (report: SendReport) => void
  readonly reject: (error: unknown) => void
  /** Entries taken from the source. */
  taken: number
  /** Requests without an answer yet. */
  inFlight: number
  /** Waits of entries that will be sent again. */
  resting: number
  /** Waits during which no request goes out, since nothing of one got through. */
  pauses: number
  hasEnded: boolean
  /** Whether the source has yielded nothing for so long that a request goes out although it is not full. */
  isIdle: boolean
  lingerTimer: NodeJS.Timeout | undefined
  /** Why nothing is sent any more. */
  stopped: MillraceError | undefined
  /** What ends the call although every outcome may be known: an error of the source, or of `onOutcome`. */
  failure: { readonly error: unknown } | undefined
  isDone: boolean
  isPumping: boolean
  isPumpedAgain: boolean
}

interface RunCallbacks {
  readonly onReady: () => void
  readonly resolve: (report: SendReport) => void
  readonly reject: (error: unknown) => void
}

export function createRun<Entry, Wire>(
  service: SendService<Entry, Wire>,
  settings: SendSettings<Entry>,
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  { onReady, resolve, reject }: RunCallbacks,
): SendRun<Entry, Wire> {
  const controller = new AbortController()
  // Each request listens; Node would warn from the eleventh on.
  setMaxListeners(0, controller.signal)
  return {
    service,
    settings,
    source: entrySource(entries, onReady),
    ledger: createLedger(settings.onOutcome),
    outbox: createOutbox(),
    keys: createKeyOrder(),
    controller,
    resolve,
    reject,
    taken: 0,
    inFlight: 0,
    resting: 0,
    pauses: 0,
    hasEnded: false,
    isIdle: false,
    lingerTimer: undefined,
    stopped: undefined,
    failure: undefined,
    isDone: false,
    isPumping: false,
    isPumpedAgain: false,
  }
}
