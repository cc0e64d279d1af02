import { Duration } from 'aws-cdk-lib'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { KEPT } from './job.ts'

const PARTS_OF_KILLED_RUNS: LifecycleRule = {
  id: 'parts-of-killed-runs',
  abortIncompleteMultipartUploadAfter: Duration.days(1),
}

/** A private, encrypted bucket without access control lists, by encrypted connections alone. */
export function createBucket(scope: Construct, lifecycleRules: readonly LifecycleRule[] = [], props: BucketProps = {}) {
  return new Bucket(scope, 'Bucket', {
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    lifecycleRules: [PARTS_OF_KILLED_RUNS, ...lifecycleRules],
    removalPolicy: KEPT,
    ...props,
  })
}
