import type { S3Client } from '@aws-sdk/client-s3'

export interface Sent {
  /** Such as `PutObject`. */
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
  readonly options: unknown
}

/** An error as the SDK throws it for an answer. */
export function answered(status: number, name = 'Error'): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } })
}

/** A client whose answers a script decides, for faults that no server shows at will. */
export function scriptedClient(
  script: (sent: Sent, count: number) => unknown,
  config: object = {},
): { client: S3Client; sent: Sent[] } {
  const sent: Sent[] = []
  const send = async (command: { readonly input: Sent['input'] }, options: unknown): Promise<unknown> => {
    const one = { name: command.constructor.name.replace('Command', ''), input: command.input, options }
    const count = sent.filter(({ name }) => name === one.name).length
    sent.push(one)
    return script(one, count)
  }
  return { client: { send, config } as unknown as S3Client, sent }
}
