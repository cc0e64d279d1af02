import { Duration } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table, TableEncryption, type TableProps } from 'aws-cdk-lib/aws-dynamodb'
import { Stream, StreamEncryption } from 'aws-cdk-lib/aws-kinesis'
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

/** One shard: 1 MB or 1,000 records per second. */
export const createStream = (scope: Construct, id: string): Stream =>
  new Stream(scope, id, {
    shardCount: 1,
    retentionPeriod: Duration.hours(24),
    encryption: StreamEncryption.MANAGED,
    removalPolicy: KEPT,
  })

/** A table that is paid by request, whose key is one text unless `props` say more. */
export const createTable = (scope: Construct, id: string, key: string, props: Partial<TableProps> = {}): Table =>
  new Table(scope, id, {
    partitionKey: { name: key, type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: KEPT,
    ...props,
  })
