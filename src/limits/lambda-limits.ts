/**
 * Quotas of a Lambda function, each with its unit in its name; {@link sourceOf} has the source and the date of each.
 *
 * A MB is 1,024 x 1,024 bytes.
 *
 * @example
 * LAMBDA_LIMITS.timeoutSeconds // => 900
 */
export const LAMBDA_LIMITS = {
  memoryMinMb: 128,
  memoryMaxMb: 10_240,
  /** Memory with one full vCPU; a JavaScript thread uses no more. */
  memoryMbPerVcpu: 1769,
  vcpuMax: 6,
  timeoutSeconds: 900,
  initSeconds: 10,
  /** Request and response of a synchronous call, and the batch of an event source mapping. */
  payloadBytes: 6_291_456,
  /** 256 KB before October 2025. */
  asyncPayloadBytes: 1_048_576,
  streamedResponseBytes: 209_715_200,
  ephemeralMinMb: 512,
  ephemeralMaxMb: 10_240,
  zipMb: 50,
  /** The function with all of its layers, which count too. */
  unzippedMb: 250,
  imageMb: 10_240,
  layers: 5,
  environmentBytes: 4096,
  fileDescriptors: 1024,
  threads: 1024,
  /** Concurrent invocations in a region, for all functions; new accounts begin with less. */
  concurrency: 1000,
  /** Per function. The unused part of a window is not carried over. */
  concurrencyGrowthPerTenSeconds: 1000,
  requestsPerSecondPerEnvironment: 10,
} as const
