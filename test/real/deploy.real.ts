import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  bagOf,
  functionsOf,
  mappingsOf,
  parseTemplate,
  resourcesOf,
  type Template,
} from '../examples/support/template.ts'
import { findFaults } from '../examples/support/template-checks.ts'
import { HAS_CFN_LINT, MOTO } from './servers.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url))
const TRANSLATE = fileURLToPath(new URL('./translate-sam.py', import.meta.url))
const folders = readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, 'template.yaml')))
const fileOf = (name: string): string => join(EXAMPLES, name, 'template.yaml')
/** An archive without files. */
const EMPTY_ZIP = Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex')
const config = {
  endpoint: MOTO ?? '',
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
}

/** A request to a service of moto, which finds the service in the scope of the signature and does not check it. */
async function ask(service: string, path: string, form?: Readonly<Record<string, string>>): Promise<string> {
  const Authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`
  const init = form ? { method: 'POST', body: new URLSearchParams(form) } : {}
  const response = await fetch(`${MOTO}${path}`, { ...init, headers: { Authorization } })
  const text = await response.text()
  if (!response.ok) throw new Error(`${service}: ${response.status} ${text}`)
  return text
}

const listOf = async (path: string, name: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  JSON.parse(await ask('lambda', path))[name]

const translated = new Map<string, Template>()
/** The template as CloudFormation gets it. */
function translate(name: string): Template {
  const before = translated.get(name)
  if (before !== undefined) return before
  const template = JSON.parse(execFileSync('python3', [TRANSLATE, fileOf(name)], { encoding: 'utf8' })) as Template
  translated.set(name, template)
  return template
}

describe.skipIf(!HAS_CFN_LINT).each(folders)('examples/%s/template.yaml (needs cfn-lint)', (name) => {
  test('cfn-lint finds nothing', () => {
    const { stdout, stderr, status } = spawnSync('cfn-lint', [fileOf(name)], { encoding: 'utf8' })
    expect([stdout, stderr, status]).toEqual(['', '', 0])
  })

  test('translated by SAM it is under the limit of CloudFormation, and the checks find nothing in it', () => {
    const template = translate(name)
    expect(JSON.stringify(template).length).toBeLessThan(51_200)
    const { Parameters } = parseTemplate(readFileSync(fileOf(name), 'utf8'))
    expect(Object.keys(template.Parameters ?? {})).toEqual(Object.keys(Parameters ?? {}))
    expect(findFaults(template)).toEqual([])
  })
})

describe.skipIf(!HAS_CFN_LINT || MOTO === undefined)('deployed to moto (needs moto_server and cfn-lint)', () => {
  beforeAll(async () => {
    const s3 = new S3Client({ ...config, forcePathStyle: true })
    await s3.send(new CreateBucketCommand({ Bucket: 'code' }))
    for (const Key of ['function.zip', 'definition.json'])
      await s3.send(new PutObjectCommand({ Bucket: 'code', Key, Body: EMPTY_ZIP }))
  })

  test.each(folders)('%s: its functions, queues and mappings are there', async (name) => {
    // Outputs may name resources that moto does not make, such as HTTP APIs.
    const { Outputs: _, ...template } = translate(name) as Template & { readonly Outputs?: unknown }
    const bucket = Object.keys(template.Parameters ?? {}).find((each) => each.endsWith('BucketName'))
    await ask('cloudformation', '/', {
      Action: 'CreateStack',
      Version: '2010-05-15',
      StackName: name,
      TemplateBody: JSON.stringify(template),
      'Capabilities.member.1': 'CAPABILITY_IAM',
      ...(bucket && {
        'Parameters.member.1.ParameterKey': bucket,
        'Parameters.member.1.ParameterValue': `${name}-files`,
      }),
    })
    const nameOf = (id: string): RegExp => new RegExp(`[:/]${name}-${id}-[A-Z0-9]+(?:/|$)`)

    const functions = await listOf('/2015-03-31/functions', 'Functions')
    for (const { id, properties } of functionsOf(template)) {
      const found = functions.filter(({ FunctionArn }) => nameOf(id).test(String(FunctionArn)))
      const { Handler, Runtime, Timeout, MemorySize } = properties
      expect(found).toMatchObject([{ Handler, Runtime, Timeout, MemorySize }])
    }

    const mappings = await listOf('/2015-03-31/event-source-mappings', 'EventSourceMappings')
    for (const { functionId, sourceId, properties } of mappingsOf(template)) {
      const found = mappings.filter(
        ({ FunctionArn, EventSourceArn }) =>
          nameOf(functionId).test(String(FunctionArn)) && nameOf(sourceId).test(String(EventSourceArn)),
      )
      const { BatchSize, FunctionResponseTypes } = properties
      expect(found).toMatchObject([{ BatchSize, FunctionResponseTypes }])
    }

    const sqs = new SQSClient(config)
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: `${name}-` }))
    const queues = resourcesOf(template, 'AWS::SQS::Queue')
    expect(QueueUrls).toHaveLength(queues.length)
    for (const [id, { VisibilityTimeout, RedrivePolicy }] of queues) {
      const QueueUrl = QueueUrls.find((url) => nameOf(id).test(url))
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))
      expect(Attributes?.['VisibilityTimeout']).toBe(String(VisibilityTimeout))
      const { maxReceiveCount } = bagOf(JSON.parse(Attributes?.['RedrivePolicy'] ?? '{}'))
      expect(maxReceiveCount).toBe(bagOf(RedrivePolicy)['maxReceiveCount'])
    }
  })
})
