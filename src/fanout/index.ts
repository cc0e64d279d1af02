export * from './gather/index.ts'
export { type PlanSplitsOptions, planSplits, type SplitObject } from './plan-splits.ts'
export { type ReadSplitOptions, readSplit, type SplitBatches } from './read-split.ts'
