import { channels, type SendMessage, startOperation } from '../internal/channels.ts'
import { checkOptions } from '../internal/check-arguments.ts'
import { abortRun, pump } from './pump.ts'
import type { SendSettings } from './send-options.ts'
import type { Sender, SendReport } from './send-report.ts'
import { createRun, type SendRun } from './send-run.ts'
import type { SendService } from './send-service.ts'

const NOTHING: SendReport = { sent: 0, refused: 0, failed: 0, unknown: 0, requests: 0, retries: 0, bytes: 0 }

/** The sender of a service. Each call is a run of its own; nothing is kept between calls. */
export function createSender<Entry, Wire>(
  service: SendService<Entry, Wire>,
  settings: SendSettings<Entry>,
): Sender<Entry> {
  return async (entries, options = {}) => {
    checkOptions('a sender', options, { signal: 'signal' })
    const describe = (): SendMessage => ({ service: service.name, ...NOTHING })
    const operation = startOperation(channels.send, describe)
    if (operation === undefined) return send(service, settings, entries, options.signal)
    let run: SendRun<Entry, Wire> | undefined
    const keep = (started: SendRun<Entry, Wire>): void => {
      run = started
    }
    try {
      const report = await operation.start(() => send(service, settings, entries, options.signal, keep))
      Object.assign(operation.message, report)
      operation.end()
      return report
    } catch (error) {
      Object.assign(operation.message, run?.ledger.report)
      operation.end({ error })
      throw error
    }
  }
}

function send<Entry, Wire>(
  service: SendService<Entry, Wire>,
  settings: SendSettings<Entry>,
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  signal: AbortSignal | undefined,
  onStart?: (run: SendRun<Entry, Wire>) => void,
): Promise<SendReport> {
  let onAbort = (): void => {}
  const result = new Promise<SendReport>((resolve, reject) => {
    const run: SendRun<Entry, Wire> = createRun(service, settings, entries, {
      onReady: () => pump(run),
      resolve,
      reject,
    })
    onStart?.(run)
    onAbort = () => abortRun(run, signal?.reason)
    if (signal?.aborted) onAbort()
    else {
      signal?.addEventListener('abort', onAbort, { once: true })
      pump(run)
    }
  })
  if (signal === undefined) return result
  return result.finally(() => signal.removeEventListener('abort', onAbort))
}
