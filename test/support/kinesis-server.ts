import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Kinesis } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'

export interface KinesisServer {
  readonly endpoint: string
  readonly client: Kinesis
  close(): Promise<void>
}

/** kinesalite in this process, on 127.0.0.1. */
export async function startKinesis(): Promise<KinesisServer> {
  const { default: kinesalite } = (await import('kinesalite' as string)) as {
    default: (options: Readonly<Record<string, number>>) => Server
  }
  const server = kinesalite({ createStreamMs: 0, deleteStreamMs: 0, updateStreamMs: 0, shardLimit: 1000 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = new Kinesis({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    // It speaks no HTTP/2, which the client of Kinesis takes of itself.
    requestHandler: new NodeHttpHandler(),
  })
  return {
    endpoint,
    client,
    close: async () => {
      client.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
