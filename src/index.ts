export * from './cdc/index.ts'
export * from './cdc/table/index.ts'
export * from './codecs/index.ts'
export { type AthenaProjection, type AthenaTableOptions, athenaTable } from './dataset/athena-table.ts'
export { byBucket } from './dataset/by-bucket.ts'
export { byHash } from './dataset/by-hash.ts'
export { byDay, byHour, byMonth, byYear } from './dataset/by-period.ts'
export { hivePath, parseHivePath } from './dataset/hive-path.ts'
export type { PartitionBy } from './dataset/partition-by.ts'
export type { PartitionNumbers, PartitionRule, PartitionRuleOptions, RuleProjection } from './dataset/partition-rule.ts'
export {
  type ErrorCode,
  isMillraceError,
  MillraceError,
  type MillraceErrorOptions,
  type Position,
} from './errors.ts'
export * from './events/index.ts'
export * from './fanout/gather/index.ts'
export * from './flow/index.ts'
export * from './idempotency/index.ts'
export * from './limits/index.ts'
export type { Result } from './result.ts'
export { type OutputKeyOptions, outputKey } from './s3/output-key.ts'
export * from './send/index.ts'
export * from './telemetry/index.ts'
export * from './transform/index.ts'
