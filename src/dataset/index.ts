export { type AthenaProjection, type AthenaTableOptions, athenaTable } from './athena-table.ts'
export { byBucket } from './by-bucket.ts'
export { byHash } from './by-hash.ts'
export { byDay, byHour, byMonth, byYear } from './by-period.ts'
export {
  type DatasetSink,
  type DatasetSinkOptions,
  type DatasetTarget,
  datasetSink,
} from './dataset-sink.ts'
export { type DatasetFile, type DatasetWrite, DatasetWriteError, isDatasetWriteError } from './dataset-write.ts'
export { dropStaleFiles } from './drop-stale-files.ts'
export { hivePath, parseHivePath } from './hive-path.ts'
export { type DatasetLocation, type ListedFile, listDataset } from './list-dataset.ts'
export { type MergeParquetOptions, mergeParquet, type ParquetMerge } from './merge/merge-parquet.ts'
export type { PartitionBy } from './partition-by.ts'
export type { PartitionNumbers, PartitionRule, PartitionRuleOptions, RuleProjection } from './partition-rule.ts'
export { type DatasetSource, type ReadDatasetOptions, readDataset } from './read-dataset.ts'
