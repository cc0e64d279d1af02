import { MillraceError } from '../errors.ts'
import { describeServiceError, httpStatusOf, nameOf } from '../internal/service-error.ts'

/** Create the error for a read that fails at its first request. */
export function sourceUnavailable(
  cause: unknown,
  { failed, action } = { failed: 'the object cannot be read', action: 's3:GetObject' },
): MillraceError {
  return new MillraceError(
    'SOURCE_UNAVAILABLE',
    `${failed}: ${describeServiceError(cause)}${adviceOf(cause, action)}`,
    {
      cause,
    },
  )
}

/** Create the error for a write that fails, or loses against another one. */
export function writeError(cause: unknown, ifNoneMatch: '*' | undefined): MillraceError {
  const status = httpStatusOf(cause)
  if (status === 409 || (status === 412 && ifNoneMatch !== undefined)) {
    const rule = status === 412 ? 'an object already exists' : 'another write of the same object is in progress'
    return new MillraceError('WRITE_CONFLICT', `the object was not written: ${rule} (${describeServiceError(cause)})`, {
      cause,
    })
  }
  return new MillraceError(
    'WRITE_FAILED',
    `the object was not written: ${describeServiceError(cause)}${adviceOf(cause, 's3:PutObject')}`,
    {
      cause,
    },
  )
}

/** Advice by the name of the failure. */
const ADVICE: Readonly<Record<string, string>> = {
  RegionMissing: 'no region is configured: set AWS_REGION, or region in new S3Client({ region })',
  RegionInvalid: 'the configured region is invalid',
  CredentialsProviderError:
    'no credentials were found: add a role to the function, or set the credentials of the client',
  CredentialsInvalid: 'the credentials of the client are incomplete',
  ExpiredToken: 'the credentials have expired',
  ExpiredTokenException: 'the credentials have expired',
  NoSuchBucket: 'there is no bucket of this name',
  InvalidBucketName: 'the bucket name is invalid',
  PermanentRedirect: "the bucket is in another region: set the client's region to it",
  AuthorizationHeaderMalformed: "the bucket is in another region: set the client's region to it",
  InvalidObjectState: 'the object is archived: restore it first',
  ENOTFOUND: 'the address of S3 is unknown: check region and endpoint, and that the function has a route to S3',
  ECONNREFUSED: 'nothing listens at the endpoint',
  ETIMEDOUT: 'a function in a VPC needs a gateway endpoint for S3 or a NAT gateway',
}

function adviceOf(error: unknown, action: string): string {
  const name = nameOf(error)
  const advice = Object.hasOwn(ADVICE, name) ? ADVICE[name] : statusAdvice(error, action)
  return advice === undefined ? '' : `; ${advice}`
}

function statusAdvice(error: unknown, action: string): string | undefined {
  switch (httpStatusOf(error)) {
    case 301:
      return ADVICE['PermanentRedirect']
    case 400:
      return action !== 's3:GetObject'
        ? undefined
        : 'an object encrypted with a customer-provided key needs sseCustomerKey'
    case 403:
      return `allow ${action} on it, and the use of its KMS key`
    case 404:
      return 'it does not exist (any more), or the key is not decoded'
    case 503:
      return 'S3 is throttling: try again later'
    default:
      return undefined
  }
}
