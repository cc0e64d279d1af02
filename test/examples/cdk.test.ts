import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { App } from 'aws-cdk-lib'
import { Match, Template as Synthesised } from 'aws-cdk-lib/assertions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { STACKS } from '../../examples/cdk/stacks.ts'
import { allowedActions } from './support/policies.ts'
import {
  bagOf,
  functionsOf,
  mappingsOf,
  parseTemplate,
  referredBy,
  resourcesOf,
  type Template,
} from './support/template.ts'
import { findFaults } from './support/template-checks.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url))
const folders = readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, 'template.yaml')))
const context = { bucketName: 'landing', alarmTopicName: 'alarms' }
const outdir = mkdtempSync(join(tmpdir(), 'millrace-cdk-'))
afterAll(() => rmSync(outdir, { recursive: true, force: true }))

/** The stacks, without the code of their functions. */
const synthesised = new Map<string, Synthesised>()
beforeAll(() => {
  const app = new App({ outdir: join(outdir, 'all'), context: { ...context, 'aws:cdk:bundling-stacks': [] } })
  const stacks = Object.entries(STACKS).map(([name, create]) => [name, create(app)] as const)
  for (const [name, stack] of stacks) synthesised.set(name, Synthesised.fromStack(stack))
}, 120_000)
const stackOf = (name: string): Synthesised => synthesised.get(name) ?? Synthesised.fromJSON({})
const byText = (rows: readonly unknown[]): readonly string[] => rows.map((row) => JSON.stringify(row)).sort()

test('there is a stack for each template', () => {
  expect(Object.keys(STACKS).sort()).toEqual(folders)
})

describe.each(folders)('the stack %s', (name) => {
  const sam = parseTemplate(readFileSync(join(EXAMPLES, name, 'template.yaml'), 'utf8'))

  test('loses, repeats and opens nothing', () => {
    const { Parameters: _, ...template } = stackOf(name).toJSON() as Template
    expect(findFaults(template)).toEqual([])
  })

  test.each<[string, (template: Template) => readonly unknown[]]>([
    [
      'functions',
      (template) =>
        functionsOf(template).map(({ properties, triggers, invoke }) => [
          ...['Runtime', 'Architectures', 'MemorySize', 'Timeout', 'ReservedConcurrentExecutions'].map(
            (each) => properties[each],
          ),
          Object.keys(bagOf(bagOf(properties['Environment'])['Variables'])),
          ...['MaximumRetryAttempts', 'MaximumEventAgeInSeconds'].map((each) => invoke[each]),
          [...triggers],
        ]),
    ],
    [
      'mappings',
      (template) =>
        mappingsOf(template).map(({ properties }) => {
          const { DestinationConfig, FunctionName: _, EventSourceArn: __, ...settings } = properties
          return [DestinationConfig !== undefined, Object.entries(settings).sort()]
        }),
    ],
    [
      'alarms',
      (template) =>
        resourcesOf(template, 'AWS::CloudWatch::Alarm').map(
          ([, { Namespace, MetricName, Statistic, Period, Threshold, EvaluationPeriods }]) => [
            Namespace,
            MetricName,
            Statistic,
            Period,
            Threshold,
            EvaluationPeriods,
          ],
        ),
    ],
    [
      'permissions',
      (template) =>
        functionsOf(template).map(({ properties }) => {
          const actions = allowedActions(template, referredBy(properties['Role']) ?? '').map(([action]) => action)
          // Sending to a queue, CDK also asks where it is.
          return [...new Set(actions)].filter((action) => !/^sqs:Get/.test(action)).sort()
        }),
    ],
    [
      'queues',
      (template) =>
        resourcesOf(template, 'AWS::SQS::Queue').map(([, { VisibilityTimeout, RedrivePolicy }]) => [
          VisibilityTimeout,
          bagOf(RedrivePolicy)['maxReceiveCount'],
        ]),
    ],
  ])('has the %s of the template', (_, of) => {
    expect(byText(of(stackOf(name).toJSON() as Template))).toEqual(byText(of(sam)))
  })
})

describe('assertions of CDK', () => {
  test('the bucket informs the function of files under landing/ alone, once it may', () => {
    stackOf('s3-job').hasResource('AWS::S3::Bucket', {
      Properties: {
        BucketName: 'landing',
        NotificationConfiguration: {
          LambdaConfigurations: [
            { Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'landing/' }] } }, Event: 's3:ObjectCreated:*' },
          ],
        },
      },
      DependsOn: ['BucketMayInvoke'],
    })
    stackOf('s3-job').resourceCountIs('Custom::S3BucketNotifications', 0)
  })

  test('alarms go to the topic of the context, and nowhere without one', () => {
    stackOf('s3-job').allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [Match.anyValue()] })
    const app = new App({ outdir: join(outdir, 'silent'), context: { 'aws:cdk:bundling-stacks': [] } })
    const silent = Synthesised.fromStack((STACKS['s3-job'] as (app: App) => never)(app))
    silent.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: Match.absent() })
  })

  test('callers of the API sign their requests', () => {
    stackOf('api-ingest').allResourcesProperties('AWS::ApiGatewayV2::Route', { AuthorizationType: 'AWS_IAM' })
  })
})

test('the handler is bundled by the esbuild of the project, as one ES module, without the AWS SDK', () => {
  const app = new App({
    outdir: join(outdir, 'bundled'),
    context: { ...context, 'aws:cdk:bundling-stacks': ['s3-job'] },
  })
  STACKS['s3-job']?.(app)
  const { directory } = app.synth()
  const [asset = ''] = readdirSync(directory).filter((entry) => entry.startsWith('asset.'))
  expect(readdirSync(join(directory, asset))).toEqual(['index.mjs'])
  const code = readFileSync(join(directory, asset, 'index.mjs'), 'utf8')
  expect(code).toMatch(/from ?"@aws-sdk\/client-s3"/)
  expect(code).toMatch(/as handler\b/)
  expect(code).not.toMatch(/\brequire\(["'](?:node:)?\w+["']\)/)
}, 120_000)
