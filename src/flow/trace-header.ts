const ROOT = /(?:^|;)Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/
const PARENT = /(?:^|;)Parent=([0-9a-f]{16})(?:;|$)/
const SAMPLED = /(?:^|;)Sampled=([01])(?:;|$)/

/**
 * Root, parent and sampling decision of the `AWSTraceHeader` of an SQS message, without anything else in it: senders can write any text there.
 *
 * Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function traceHeaderOf(message: unknown): string | undefined {
  const header = headerIn(message)
  const root = ROOT.exec(header)?.[1]
  if (root === undefined) return undefined
  const parent = PARENT.exec(header)?.[1]
  const sampled = SAMPLED.exec(header)?.[1]
  return `Root=${root}${parent === undefined ? '' : `;Parent=${parent}`}${sampled === undefined ? '' : `;Sampled=${sampled}`}`
}

function headerIn(message: unknown): string {
  try {
    const header: unknown = Object(Object(message).attributes).AWSTraceHeader
    return typeof header === 'string' && header.length <= 1024 ? header : ''
  } catch {
    return ''
  }
}
