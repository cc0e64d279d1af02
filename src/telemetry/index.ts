export type {
  BatchMessage,
  Channels,
  DeadlineMessage,
  IdempotentMessage,
  OperationChannel,
  OperationEnd,
  ReadMessage,
  RecordMessage,
  RetryMessage,
  SendMessage,
  SinkMessage,
  SourceMessage,
  SplitMessage,
  TransformMessage,
  WriteMessage,
} from '../internal/channels.ts'
export { channels } from '../internal/channels.ts'
export { type CollectMetricsOptions, collectMetrics } from './collect-metrics.ts'
