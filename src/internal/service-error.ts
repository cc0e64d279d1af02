/** The HTTP status that an AWS service answered with, if the error comes from an answer. */
export function httpStatusOf(error: unknown): number | undefined {
  const status = fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode')
  return typeof status === 'number' ? status : undefined
}

/** Errors that the SDK throws before it calls a service, under the name `Error`: the beginning of their messages, and a name for each. */
const UNNAMED: readonly (readonly [RegExp, string])[] = [
  [/^Region is missing/, 'RegionMissing'],
  [/^(?:Region not accepted|Invalid region)/i, 'RegionInvalid'],
  [/^(?:No|Empty) value provided for input HTTP label: Bucket/, 'BucketMissing'],
  [/^(?:No|Empty) value provided for input HTTP label: Key/, 'KeyMissing'],
  [/^Resolved credential object is not valid/, 'CredentialsInvalid'],
]

/** The shortest true name of a failure: `AccessDeniedException`, `ECONNREFUSED`. */
export function nameOf(error: unknown): string {
  const known = UNNAMED.find(([message]) => message.test(String(fieldOf(error, 'message'))))
  const words = [known?.[1], fieldOf(error, 'Code'), fieldOf(error, 'code'), fieldOf(error, 'name')]
  return words.find((word): word is string => typeof word === 'string' && /^\w{1,80}$/.test(word)) ?? 'Error'
}

/** `HTTP 403 AccessDenied` or `ECONNREFUSED`: what a service or the network said, with nothing of names, keys or data. */
export function describeServiceError(error: unknown): string {
  const status = httpStatusOf(error)
  return status === undefined ? nameOf(error) : `HTTP ${status} ${nameOf(error)}`
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
