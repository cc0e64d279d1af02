import { LAMBDA_LIMITS } from './lambda-limits.ts'

/** The numbers that `chooseEngine` compares with, each with its unit in its name. */
export interface EngineLimits {
  /** Half of a timeout: the rest is for a slow day. */
  readonly oneRunSeconds: number
  /** Nine tenths of a timeout: the rest is for start and upload. */
  readonly childSeconds: number
  readonly functionMb: number
  /** Concurrent invocations that the account has for the job. */
  readonly functionConcurrency: number
  readonly mapConcurrency: number
  readonly mapStartsPerSecond: number
  /** Work per child, so that its transitions cost little in comparison. */
  readonly mapSecondsPerChild: number
  /** Transitions of a child: its start and its task. */
  readonly mapTransitionsPerChild: number
  readonly batchStartSeconds: number
  readonly batchMaxSeconds: number
  /** Bytes of memory per byte of the file, if its rows must be combined in a join or a sort. */
  readonly memoryBytesPerByte: number
  /** Bytes above which a shuffle or a join needs a cluster. */
  readonly shuffleBytes: number
  readonly emrStartSeconds: number
  /** Size of the cluster that the estimate assumes, 4 GB per vCPU. */
  readonly emrVcpus: number
}

/**
 * The numbers of the rule behind `chooseEngine`; {@link sourceOf} has the source and the date of each.
 *
 * @example
 * ENGINE_LIMITS.oneRunSeconds // => 450
 */
export const ENGINE_LIMITS: EngineLimits = {
  oneRunSeconds: LAMBDA_LIMITS.timeoutSeconds * 0.5,
  childSeconds: LAMBDA_LIMITS.timeoutSeconds * 0.9,
  functionMb: LAMBDA_LIMITS.memoryMaxMb,
  functionConcurrency: LAMBDA_LIMITS.concurrency,
  mapConcurrency: 10_000,
  mapStartsPerSecond: 100,
  mapSecondsPerChild: 20,
  mapTransitionsPerChild: 2,
  batchStartSeconds: 60,
  batchMaxSeconds: 1_209_600,
  memoryBytesPerByte: 4,
  shuffleBytes: 100e9,
  emrStartSeconds: 60,
  emrVcpus: 100,
}
