import { checkOptions, type Kind } from '../internal/check-arguments.ts'
import { checkRate } from './check-number.ts'
import { LAMBDA_LIMITS } from './lambda-limits.ts'
import { AWS_DOCS, OWN_RULE, type Source, THIRD_PARTY, UNCHECKED } from './source.ts'

/** The numbers that `chooseEngine` compares with, each with its unit in its name. */
export interface EngineLimits {
  readonly lambdaTimeoutSeconds: number
  readonly lambdaMemoryMaxMb: number
  /** Invocations at once that the account leaves for the job. */
  readonly lambdaConcurrency: number
  /** Share of the timeout that a job in a single run may take: half is left for a slow day. */
  readonly oneRunTimeoutShare: number
  /** Share of the timeout that one child of a Distributed Map may take: a tenth is left for start and upload. */
  readonly childTimeoutShare: number
  /** Bytes of memory that a byte of a file takes once its rows have to meet in a join or a sort. */
  readonly memoryBytesPerByte: number
  readonly mapConcurrency: number
  readonly mapStartsPerSecond: number
  /** Work to give to a child, so that its transitions cost little beside it. */
  readonly childSeconds: number
  /** State transitions of a child: its start and its task. */
  readonly transitionsPerChild: number
  readonly batchJobMaxSeconds: number
  readonly batchStartSeconds: number
  /** Bytes over which a shuffle or a join goes to a cluster. */
  readonly oneMachineShuffleBytes: number
  readonly emrStartSeconds: number
  /** Size of the cluster that the estimate assumes, 4 GB a vCPU. */
  readonly emrVcpus: number
}

/**
 * The numbers of the rule behind `chooseEngine`. {@link ENGINE_LIMIT_SOURCES} has the date and the source of each.
 *
 * @example
 * ENGINE_LIMITS.lambdaTimeoutSeconds * ENGINE_LIMITS.oneRunTimeoutShare // => 450
 */
export const ENGINE_LIMITS: EngineLimits = {
  lambdaTimeoutSeconds: LAMBDA_LIMITS.timeoutMaxSeconds,
  lambdaMemoryMaxMb: LAMBDA_LIMITS.memoryMaxMb,
  lambdaConcurrency: LAMBDA_LIMITS.concurrencyDefault,
  oneRunTimeoutShare: 0.5,
  childTimeoutShare: 0.9,
  memoryBytesPerByte: 4,
  mapConcurrency: 10_000,
  mapStartsPerSecond: 100,
  childSeconds: 20,
  transitionsPerChild: 2,
  batchJobMaxSeconds: 14 * 86_400,
  batchStartSeconds: 60,
  oneMachineShuffleBytes: 100e9,
  emrStartSeconds: 60,
  emrVcpus: 100,
}

/**
 * The source and the date of every number in {@link ENGINE_LIMITS}.
 *
 * @example
 * ENGINE_LIMIT_SOURCES.mapConcurrency // => { title: 'AWS documentation', asOf: '2026' }
 */
export const ENGINE_LIMIT_SOURCES: Readonly<Record<keyof EngineLimits, Source>> = {
  lambdaTimeoutSeconds: AWS_DOCS,
  lambdaMemoryMaxMb: AWS_DOCS,
  lambdaConcurrency: AWS_DOCS,
  oneRunTimeoutShare: OWN_RULE,
  childTimeoutShare: OWN_RULE,
  memoryBytesPerByte: OWN_RULE,
  mapConcurrency: AWS_DOCS,
  mapStartsPerSecond: THIRD_PARTY,
  childSeconds: OWN_RULE,
  transitionsPerChild: UNCHECKED,
  batchJobMaxSeconds: UNCHECKED,
  batchStartSeconds: OWN_RULE,
  oneMachineShuffleBytes: OWN_RULE,
  emrStartSeconds: OWN_RULE,
  emrVcpus: OWN_RULE,
}

const KINDS = Object.fromEntries(Object.keys(ENGINE_LIMITS).map((name): [string, Kind] => [name, 'number']))

/** @throws MillraceError `OPTION_INVALID` for an unknown name, and a number that is not over 0. */
export function engineLimitsOf(given: Partial<EngineLimits> | undefined): EngineLimits {
  if (given === undefined) return ENGINE_LIMITS
  checkOptions('chooseEngine', given, KINDS)
  const own = Object.entries(given).filter(([, value]) => value !== undefined)
  for (const [name, value] of own) checkRate('chooseEngine', name, value)
  return { ...ENGINE_LIMITS, ...Object.fromEntries(own) }
}
