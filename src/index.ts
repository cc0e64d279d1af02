export * from './cdc/index.ts'
export * from './cdc/table/index.ts'
export * from './codecs/index.ts'
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
export * from './transform/index.ts'
