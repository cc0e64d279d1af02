type Input = Record<string, unknown>
type Output = Record<string, unknown>
type Next = (args: { input: Input }) => Promise<{ output: Output }>

/** The part of a client of the SDK through which a test can change requests and answers. */
interface Stack {
  readonly middlewareStack: {
    add(middleware: (next: Next, context: { commandName?: string }) => Next, options: { step: 'initialize' }): void
  }
}

interface Injected {
  /** Entries that the service never saw although the client was asked to send them. */
  held: number
  /** Answers that were thrown away after the service had stored the entries. */
  lost: number
}

interface Service {
  readonly command: string
  readonly field: string
  /** Put the entries that were held back into the answer, as the service says that they failed. */
  fail(output: Output, held: ReadonlyMap<number, Input>): void
}

const byId = (output: Output, held: ReadonlyMap<number, Input>): void => {
  const failed = [...held.values()].map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false }))
  output['Failed'] = [...((output['Failed'] as object[]) ?? []), ...failed]
}

const byIndex =
  (list: string, count: string, ErrorCode: string): Service['fail'] =>
  (output, held) => {
    const answers = [...((output[list] as object[]) ?? [])]
    for (const at of [...held.keys()].sort((left, right) => left - right)) answers.splice(at, 0, { ErrorCode })
    output[list] = answers
    output[count] = Number(output[count] ?? 0) + held.size
  }

const SERVICES: readonly Service[] = [
  { command: 'SendMessageBatchCommand', field: 'Entries', fail: byId },
  { command: 'PublishBatchCommand', field: 'PublishBatchRequestEntries', fail: byId },
  {
    command: 'PutRecordsCommand',
    field: 'Records',
    fail: byIndex('Records', 'FailedRecordCount', 'ProvisionedThroughputExceededException'),
  },
  {
    command: 'PutRecordBatchCommand',
    field: 'Records',
    fail: byIndex('RequestResponses', 'FailedPutCount', 'ServiceUnavailableException'),
  },
  {
    command: 'PutEventsCommand',
    field: 'Entries',
    fail: byIndex('Entries', 'FailedEntryCount', 'ThrottlingException'),
  },
]

/**
 * Have requests of a client fail in part, on their way to a service that never does: every second one arrives without every third of its entries,
 * which the answer then says have failed. A request for DynamoDB comes back with them unprocessed.
 *
 * @param losesEvery - every so many answers is lost after the service has stored what arrived; none where absent.
 */
export function failInPart(client: unknown, losesEvery = Number.POSITIVE_INFINITY): Injected {
  const injected = { held: 0, lost: 0 }
  let calls = 0
  const { middlewareStack } = client as Stack
  middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const service = SERVICES.find(({ command }) => command === commandName)
        const isBatchWrite = commandName === 'BatchWriteItemCommand'
        if (service === undefined && !isBatchWrite) return next(args)
        const call = calls++
        const isHeld = (index: number): boolean => call % 2 === 0 && index % 3 === 1
        const { input, answer } = isBatchWrite
          ? holdWrites(args.input, isHeld)
          : hold(service as Service, args.input, isHeld)
        injected.held += answer.held
        const result = await next({ ...args, input })
        if (call % losesEvery === losesEvery - 1) {
          injected.lost++
          throw Object.assign(new Error('reset'), { code: 'ECONNRESET' })
        }
        answer.fail(result.output)
        return result
      },
    { step: 'initialize' },
  )
  return injected
}

interface Held {
  readonly input: Input
  readonly answer: { readonly held: number; fail(output: Output): void }
}

function hold({ field, fail }: Service, input: Input, isHeld: (index: number) => boolean): Held {
  const entries = input[field] as readonly Input[]
  const held = new Map([...entries.entries()].filter(([index]) => isHeld(index)))
  return {
    input: { ...input, [field]: entries.filter((_, index) => !held.has(index)) },
    answer: { held: held.size, fail: (output) => fail(output, held) },
  }
}

function holdWrites(input: Input, isHeld: (index: number) => boolean): Held {
  const [[table = '', writes = []] = []] = Object.entries(input['RequestItems'] as Record<string, readonly object[]>)
  const held = writes.filter((_, index) => isHeld(index))
  return {
    input: { ...input, RequestItems: { [table]: writes.filter((_, index) => !isHeld(index)) } },
    answer: {
      held: held.length,
      fail(output) {
        if (held.length > 0) output['UnprocessedItems'] = { [table]: held }
      },
    },
  }
}
