import { AWS_BLOG_ASYNC, AWS_DOCS, type Source, THIRD_PARTY } from './source.ts'

/**
 * Quotas of a Lambda function, each with its unit in its name. {@link LAMBDA_LIMIT_SOURCES} has the date and the source of each.
 *
 * A MB is 1,024 x 1,024 bytes.
 *
 * @example
 * LAMBDA_LIMITS.timeoutMaxSeconds // => 900
 * LAMBDA_LIMIT_SOURCES.timeoutMaxSeconds // => { title: 'AWS documentation', asOf: '2026' }
 */
export const LAMBDA_LIMITS = {
  memoryMinMb: 128,
  memoryMaxMb: 10_240,
  /** Memory that brings one whole vCPU; a thread of JavaScript uses no more. */
  memoryMbPerVcpu: 1769,
  vcpuMax: 6,
  timeoutMaxSeconds: 900,
  timeoutDefaultSeconds: 3,
  initMaxSeconds: 10,
  /** Request and response of a synchronous call, and the batch of an event source mapping. */
  payloadMaxBytes: 6 * 1024 * 1024,
  /** 256 KB before October 2025. */
  asyncPayloadMaxBytes: 1024 * 1024,
  streamedResponseMaxBytes: 200 * 1024 * 1024,
  ephemeralMinMb: 512,
  ephemeralMaxMb: 10_240,
  zipMaxMb: 50,
  /** The function with all of its layers: a layer makes nothing smaller. */
  unzippedMaxMb: 250,
  imageMaxMb: 10_240,
  layersMax: 5,
  environmentMaxBytes: 4096,
  fileDescriptorsMax: 1024,
  threadsMax: 1024,
  /** Of an account in a region, all functions together; new accounts begin with less. */
  concurrencyDefault: 1000,
  /** Of each function. What a window leaves unused is not carried over. */
  concurrencyGrowthPerTenSeconds: 1000,
  requestsPerSecondPerEnvironment: 10,
} as const

/** A quota that has a name of its own in {@link LAMBDA_LIMITS}. */
export type LambdaLimitName = keyof typeof LAMBDA_LIMITS

/**
 * The source and the date of every quota in {@link LAMBDA_LIMITS}.
 *
 * @example
 * LAMBDA_LIMIT_SOURCES.asyncPayloadMaxBytes.asOf // => '2025-10'
 */
export const LAMBDA_LIMIT_SOURCES: Readonly<Record<LambdaLimitName, Source>> = {
  ...(Object.fromEntries(Object.keys(LAMBDA_LIMITS).map((name) => [name, AWS_DOCS])) as Record<
    LambdaLimitName,
    Source
  >),
  vcpuMax: THIRD_PARTY,
  asyncPayloadMaxBytes: AWS_BLOG_ASYNC,
}
