import { fieldOf } from './field-of.ts'

/** The HTTP status of an AWS service's response, if the error comes from a response. */
export function httpStatusOf(error: unknown): number | undefined {
  const status = fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode')
  return typeof status === 'number' ? status : undefined
}

/** The beginnings of messages of errors that the SDK throws before it calls a service, with the name `Error`. */
const UNNAMED = {
  RegionMissing: /^Region is missing/,
  RegionInvalid: /^(?:Region not accepted|Invalid region)/i,
  CredentialsInvalid: /^Resolved credential object is not valid/,
}
const MISSING_LABEL = /^(?:No|Empty) value provided for input HTTP label: (\w+)/

/** `AccessDeniedException`, `ECONNREFUSED`, `BucketMissing`: the shortest specific name of a failure. */
export function nameOf(error: unknown): string {
  const message = String(fieldOf(error, 'message'))
  const label = MISSING_LABEL.exec(message)?.[1]
  const known =
    label === undefined ? Object.entries(UNNAMED).find(([, start]) => start.test(message))?.[0] : `${label}Missing`
  const words = [known, fieldOf(error, 'Code'), fieldOf(error, 'code'), fieldOf(error, 'name')]
  return words.find((word): word is string => typeof word === 'string' && /^\w{1,80}$/.test(word)) ?? 'Error'
}

/** `HTTP 403 AccessDenied` or `ECONNREFUSED`: the response of a service or the network, without names, keys or data. */
export function describeServiceError(error: unknown): string {
  const status = httpStatusOf(error)
  return status === undefined ? nameOf(error) : `HTTP ${status} ${nameOf(error)}`
}
