/** Actions of IAM behind commands of the SDK whose names differ. */
const ACTIONS: Readonly<Record<string, string>> = {
  HeadObject: 'GetObject',
  ListObjectsV2: 'ListBucket',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  DeleteObjects: 'DeleteObject',
  SendMessageBatch: 'SendMessage',
  PublishBatch: 'Publish',
}

/** A request of a handler, as IAM sees it. */
export interface Request {
  readonly action: string
  /** Name of the table, stream, queue or topic, or an object's key; undefined where the request names none. */
  readonly on: string | undefined
}

type Class = new (config: never) => object

/** A class of clients, and the client of a local server that answers for those which the handlers made. */
export type Route = readonly [Client: Class, server: { send(command: never): unknown }]

/** Sends what any client asks to the local servers, and reports it; not what the servers' own clients ask. Returns a function that stops. */
export function interceptClients(routes: readonly Route[], report: (request: Request) => void): () => void {
  const own = new Set<unknown>(routes.map(([, client]) => client))
  const stops = [...new Set(routes.map(([Client]) => baseOf(Client)))].map((base) => {
    const { send } = base
    base.send = function (this: object, ...args: unknown[]) {
      const server = routes.find(([Client]) => this instanceof Client)?.[1]
      if (own.has(this) || server === undefined) return send.apply(this, args)
      for (const request of requestsOf(this.constructor.name, args[0] as object)) report(request)
      return server.send(...(args as [never]))
    }
    return () => {
      base.send = send
    }
  })
  return () => {
    for (const stop of stops) stop()
  }
}

/** The prototype that the clients of the SDK have in common. */
function baseOf(Client: Class): { send(...args: unknown[]): unknown } {
  let base: object = Client.prototype
  while (!Object.hasOwn(base, 'send')) base = Object.getPrototypeOf(base)
  return base as { send(...args: unknown[]): unknown }
}

function requestsOf(client: string, command: object): readonly Request[] {
  const { input } = command as { readonly input: Readonly<Record<string, never>> }
  const name = command.constructor.name.replace(/Command$/, '')
  const action = `${client.replace(/Client$/, '').toLowerCase()}:${ACTIONS[name] ?? name}`
  const objects = Object(input['Delete'])['Objects'] as readonly { readonly Key: string }[] | undefined
  const places = objects?.map(({ Key }) => Key) ?? [
    ...Object.keys(Object(input['RequestItems'])),
    ...['Key', 'Prefix', 'TableName', 'StreamName', 'QueueUrl', 'TopicArn', 'StreamARN']
      .map((each) => input[each] as unknown)
      .filter((each) => typeof each === 'string'),
  ]
  const last = (place: string) => (/^(?:arn:|http)/.test(place) ? (place.split(/[:/]/).at(-1) ?? '') : place)
  // An iterator of a stream does not name it.
  if (places.length === 0) return [{ action, on: undefined }]
  return places.map((place) => ({ action, on: last(place).replace('.fifo', '') }))
}
