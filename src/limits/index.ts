export { type CheckedEventSource, checkEventSource } from './check-event-source.ts'
export {
  type ChooseEngineOptions,
  chooseEngine,
  type EngineCandidate,
  type EngineChoice,
} from './choose-engine.ts'
export type { EngineJob, EngineNeed } from './engine-job.ts'
export { ENGINE_LIMITS, type EngineLimits } from './engine-limits.ts'
export type { Engine, Reason } from './engine-reasons.ts'
export { EVENT_SOURCE_LIMITS, type EventSourceKind, type SettingRange } from './event-source-limits.ts'
export type { Finding } from './event-source-rules.ts'
export { type JobCost, type JobUsage, jobCost } from './job-cost.ts'
export { type CostPart, type LambdaCost, type LambdaUsage, lambdaCost } from './lambda-cost.ts'
export { LAMBDA_LIMITS } from './lambda-limits.ts'
export { type Architecture, PRICES, type Prices } from './prices.ts'
export { type NumberName, type Source, sourceOf } from './source.ts'
