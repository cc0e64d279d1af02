export type { ObjectMetadata, S3Target } from './object-headers.ts'
export { type OutputKeyOptions, outputKey } from './output-key.ts'
export { type S3Sink, type S3SinkOptions, type S3SinkResult, s3Sink } from './s3-sink.ts'
export { type S3Location, type S3Source, type S3SourceOptions, s3Source } from './s3-source.ts'
