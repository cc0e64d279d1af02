import { type SendMessage, sendChannel, startOperation } from '../internal/channels.ts'
import { checkOptions } from '../internal/check-arguments.ts'
import { runSend } from './run-send.ts'
import type { SendSettings } from './send-options.ts'
import type { Sender } from './send-report.ts'
import type { SendService } from './send-service.ts'

/** Create the sender of a service. Calls are independent; nothing is kept between them. */
export function createSender<Entry, Wire>(
  service: SendService<Entry, Wire>,
  settings: SendSettings<Entry>,
): Sender<Entry> {
  return async (entries, options = {}) => {
    checkOptions('a sender', options, { signal: 'signal' })
    const counts = { sent: 0, refused: 0, failed: 0, unknown: 0, requests: 0, retries: 0, bytes: 0 }
    const run = () => runSend(service, settings, entries, counts, options.signal)
    const operation = startOperation(sendChannel, (): SendMessage => ({ service: service.name, ...counts }))
    if (operation === undefined) return run()
    let failure: { readonly error: unknown } | undefined
    try {
      return await operation.start(run)
    } catch (error) {
      failure = { error }
      throw error
    } finally {
      Object.assign(operation.message, counts)
      operation.end(failure)
    }
  }
}
