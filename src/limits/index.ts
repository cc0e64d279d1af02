export { type CheckedEventSource, checkEventSource } from './check-event-source.ts'
export {
  type ChooseEngineOptions,
  chooseEngine,
  type Engine,
  type EngineCandidate,
  type EngineChoice,
} from './choose-engine.ts'
export type { CostPart } from './cost-parts.ts'
export type { EngineJob, EngineNeed } from './engine-job.ts'
export { ENGINE_LIMIT_SOURCES, ENGINE_LIMITS, type EngineLimits } from './engine-limits.ts'
export type { Reason } from './engine-reasons.ts'
export { EVENT_SOURCE_LIMITS, type EventSourceKind, type SettingRange } from './event-source-limits.ts'
export type { Finding, FindingRule } from './finding.ts'
export { type JobCost, type JobUsage, jobCost } from './job-cost.ts'
export { type LambdaCost, type LambdaUsage, lambdaCost } from './lambda-cost.ts'
export { LAMBDA_LIMIT_SOURCES, LAMBDA_LIMITS, type LambdaLimitName } from './lambda-limits.ts'
export { type Architecture, PRICE_SOURCES, PRICES, type PriceName, type Prices, type PriceTier } from './prices.ts'
export type { Source } from './source.ts'
