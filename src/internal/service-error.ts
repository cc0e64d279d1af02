import { fieldOf } from './field-of.ts'

/** The HTTP status that an AWS service answered with, if the error comes from an answer. */
export function httpStatusOf(error: unknown): number | undefined {
  const status = fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode')
  return typeof status === 'number' ? status : undefined
}

/** Errors that the SDK throws before it asks a service, under the name `Error`: what their messages begin with, and a word for each. */
const UNNAMED: readonly (readonly [RegExp, string])[] = [
  [/^Region is missing/, 'RegionMissing'],
  [/^(?:Region not accepted|Invalid region)/i, 'RegionInvalid'],
  [/^(?:No|Empty) value provided for input HTTP label: Bucket/, 'BucketMissing'],
  [/^(?:No|Empty) value provided for input HTTP label: Key/, 'KeyMissing'],
  [/^Resolved credential object is not valid/, 'CredentialsInvalid'],
]

/** `AccessDeniedException`, `ECONNREFUSED`: the shortest true word for what went wrong. */
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
