/** A setting that loses or repeats records, or that the service refuses. */
export interface Finding {
  /** `error`: the service refuses it, or records are lost as soon as one keeps failing. `warning`: records wait, repeat or may be lost. */
  readonly severity: 'error' | 'warning'
  readonly rule: FindingRule
  /** The property, as CloudFormation names it. */
  readonly setting: string
  /** What happens, with the number that decides, and what to set. No value of the template other than a number is in it. */
  readonly message: string
}

export type FindingRule =
  | 'unreadable'
  | 'out-of-range'
  | 'other-source'
  | 'batch-needs-window'
  | 'record-over-payload'
  | 'batch-over-payload'
  | 'no-partial-response'
  | 'visibility-under-timeout'
  | 'visibility-under-six-timeouts'
  | 'no-dead-letter-queue'
  | 'few-receives'
  | 'no-attempts-limit'
  | 'no-retries'
  | 'no-age-limit'
  | 'no-bisect'
  | 'no-failure-destination'

export const error = (rule: FindingRule, setting: string, message: string): Finding => ({
  severity: 'error',
  rule,
  setting,
  message,
})

export const warning = (rule: FindingRule, setting: string, message: string): Finding => ({
  severity: 'warning',
  rule,
  setting,
  message,
})
