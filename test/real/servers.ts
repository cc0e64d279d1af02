import { S3Client } from '@aws-sdk/client-s3'

/** Where the real servers listen, as the script that started them says; undefined for one that is not there. */
export const DYNAMODB_LOCAL = process.env['REAL_DYNAMODB']
export const RGW = process.env['REAL_RGW']
export const MOTO = process.env['REAL_MOTO']
/** Whether Python has cfn-lint, and samtranslator, which comes with it. */
export const HAS_CFN_LINT = process.env['REAL_CFN_LINT'] !== undefined

/** A client as RADOS Gateway needs it: it compares `If-Match` with the bare ETag, and knows no trailing checksums. */
export function rgwClient({ keepsQuotes = false } = {}): S3Client {
  const client = new S3Client({
    endpoint: RGW ?? '',
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'RGWTESTKEY', secretAccessKey: 'rgwtestsecret' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  if (keepsQuotes) return client
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> }
      const eTag = headers['if-match']
      if (eTag !== undefined) headers['if-match'] = eTag.replaceAll('"', '')
      return next(args)
    },
    { step: 'build' },
  )
  return client
}
