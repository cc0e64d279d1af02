import { Readable } from 'node:stream'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { KinesisClient } from '@aws-sdk/client-kinesis'
import { SQSClient } from '@aws-sdk/client-sqs'

type Input = Readonly<Record<string, unknown>>
type Answer = (input: Input) => object

const ANSWERS = {
  sqs: ({ Entries }: Input) => ({ Successful: (Entries as Input[]).map(({ Id }) => ({ Id, MessageId: 'm' })) }),
  kinesis: ({ Records }: Input) => ({
    FailedRecordCount: 0,
    Records: (Records as Input[]).map(() => ({ SequenceNumber: '1', ShardId: 'shard-0' })),
  }),
  dynamodb: () => ({ UnprocessedItems: {} }),
} satisfies Record<string, Answer>

const CONFIG = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  maxAttempts: 1,
}

/** Clients of the SDK whose requests are serialized, signed and answered at once, without a network. */
export function stubClients(): {
  readonly sqs: SQSClient
  readonly kinesis: KinesisClient
  readonly dynamodb: DynamoDBClient
} {
  return {
    sqs: new SQSClient({ ...CONFIG, md5: false, requestHandler: handler(ANSWERS.sqs) }),
    kinesis: new KinesisClient({ ...CONFIG, requestHandler: handler(ANSWERS.kinesis) }),
    dynamodb: new DynamoDBClient({ ...CONFIG, requestHandler: handler(ANSWERS.dynamodb) }),
  }
}

/** What has `send` and nothing else of a client: only what stands above it is measured. */
export function bareClient(service: keyof typeof ANSWERS): {
  send(command: { readonly input: object }): Promise<object>
} {
  return { send: async ({ input }) => ANSWERS[service](input as Input) }
}

function handler(answer: Answer): never {
  const handle = async ({ body }: { readonly body: string | Uint8Array }): Promise<object> => {
    const text = typeof body === 'string' ? body : Buffer.from(body).toString()
    const bytes = Buffer.from(JSON.stringify(answer(JSON.parse(text))))
    return {
      response: {
        statusCode: 200,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: Readable.from([bytes]),
      },
    }
  }
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle,
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  } as never
}
