import { fieldOf } from './json-input.ts'
import { sdkOutput } from './sdk-output.ts'

/** A client of the SDK that answers what it is told to. */
export interface StubClient {
  readonly config: object
  send(command: { readonly constructor: { readonly name: string } }): Promise<never>
}

/**
 * Make a client that gives the answers in order, the last one again and again. An answer with `error` is thrown, by its name and status; others are an
 * output of the SDK.
 */
export function stubClient(answers: unknown, maxCalls = 12): StubClient {
  const list = Array.isArray(answers) ? answers : [answers]
  let calls = 0
  const send = async (): Promise<never> => {
    const answer: unknown = list[Math.min(calls, list.length - 1)]
    if (++calls > maxCalls) throw serviceError({ error: 'AccessDenied', status: 403 })
    if (fieldOf(answer, 'error') !== undefined) throw serviceError(answer)
    const { Body, ...output } = sdkOutput(answer)
    return { ...output, ...(Body !== undefined && { Body: { transformToString: async () => Body } }) } as never
  }
  return { config: {}, send }
}

function serviceError(answer: unknown): Error {
  const [name, status] = ['error', 'status'].map((field) => fieldOf(answer, field))
  const { Item } = sdkOutput(answer)
  return Object.assign(new Error('refused'), {
    name: typeof name === 'string' ? name : 'InternalError',
    $metadata: { httpStatusCode: typeof status === 'number' ? status : 500 },
    ...(Item !== undefined && { Item }),
  })
}
