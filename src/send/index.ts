export { isSendError, SendError } from './send-error.ts'
export type { OrderedSendOptions, SendOptions } from './send-options.ts'
export type { Sender, SendOutcome, SendReport, SentOutcome, UnsentOutcome } from './send-report.ts'
export type { SendClient } from './send-service.ts'
