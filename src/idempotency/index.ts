export { canonicalHash } from './canonical-hash.ts'
export { type CheckpointStore, memoryCheckpointStore } from './checkpoint-store.ts'
export { idempotent } from './idempotent.ts'
export type { IdempotentOptions, RemainingTimeContext } from './idempotent-options.ts'
export { IdempotencyInProgressError, isIdempotencyInProgressError } from './in-progress-error.ts'
export { idempotencyLease, type Lease } from './lease.ts'
export { type MemoryStoreOptions, memoryStore } from './memory-store.ts'
export type { FoundRecord, StoredOutcome, StoredRecord } from './record.ts'
export { type RecordTable, recordStore, type Written } from './record-store.ts'
export type {
  Claim,
  ClaimRequest,
  HeldLease,
  IdempotencyStore,
  NoResultReason,
  Outcome,
  OverflowStore,
  TakeoverPolicy,
} from './store.ts'
export { batchKey, type StreamRecord } from './stream-position.ts'
