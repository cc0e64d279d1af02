import type { AddressInfo } from 'node:net'
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { buildApp } from 'fauxqs'

export interface SqsServer {
  readonly endpoint: string
  /** A client for this server; never retries by itself. */
  client(): SQSClient
  /** Makes a queue and gives its URL. */
  queue(name: string): Promise<string>
  /** Takes every message out of a queue and gives the bodies. */
  drain(queueUrl: string): Promise<string[]>
  close(): Promise<void>
}

/** fauxqs in this process, on 127.0.0.1. */
export async function startSqs(): Promise<SqsServer> {
  const app = buildApp({ logger: false, host: '127.0.0.1' })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const endpoint = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const clients: SQSClient[] = []
  const makeClient = (): SQSClient => {
    const made = new SQSClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      // The queue's URL names a host of fauxqs's own.
      useQueueUrlAsEndpoint: false,
    })
    clients.push(made)
    return made
  }
  const client = makeClient()
  return {
    endpoint,
    client: makeClient,
    queue: async (name) => (await client.send(new CreateQueueCommand({ QueueName: name }))).QueueUrl ?? '',
    drain: (queueUrl) => drainQueue(client, queueUrl),
    close: async () => {
      for (const each of clients) each.destroy()
      await app.close()
    },
  }
}

/** Take every message out of a queue; resolves to the bodies. */
export async function drainQueue(client: SQSClient, queueUrl: string): Promise<string[]> {
  const bodies: string[] = []
  for (;;) {
    const receive = new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 })
    const { Messages = [] } = await client.send(receive)
    if (Messages.length === 0) return bodies
    bodies.push(...Messages.map(({ Body }) => Body ?? ''))
    const entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: `${n}`, ReceiptHandle }))
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }))
  }
}
