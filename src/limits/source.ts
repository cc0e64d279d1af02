/** Where a number comes from, and when it was true. */
export interface Source {
  readonly title: string
  /** Year or year and month (`2024-11`) of the source, so that a reader can tell how old the number is. */
  readonly asOf: string
}

/** The quotas page and the guides of AWS's documentation. */
export const AWS_DOCS: Source = { title: 'AWS documentation', asOf: '2026' }
/** The API model that the AWS SDK is generated from: ranges that a service enforces. */
export const SDK_MODEL: Source = { title: 'API model of the AWS SDK for JavaScript', asOf: '2026-11' }
/** The Price List, as the golden files of infracost record it. */
export const PRICE_LIST: Source = { title: 'AWS Price List, in the golden files of infracost', asOf: '2024-11' }
export const LAMBDA_PRICING: Source = { title: 'aws.amazon.com/lambda/pricing', asOf: '2026' }
export const AWS_BLOG_ASYNC: Source = { title: 'AWS announcement of 1 MB asynchronous payloads', asOf: '2025-10' }
/** Pages of others than AWS: check before you rely on them. */
export const THIRD_PARTY: Source = { title: 'third-party page', asOf: '2026' }
/** Known in the field, not found in a stored document: check before you rely on it. */
export const UNCHECKED: Source = { title: 'common knowledge, not checked against a document', asOf: '2026-11' }
/** Settings of this library's own rule, measured or derived; no quota of AWS. */
export const OWN_RULE: Source = { title: 'docs/limits.md', asOf: '2026-11' }
