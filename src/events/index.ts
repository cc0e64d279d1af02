export { type S3Event, S3EventSchema } from './s3.ts'
export { type S3ObjectRef, type S3ObjectsOptions, s3Objects } from './s3-objects.ts'
