import { describe, expect, test } from 'vitest'
import { jsonPayload } from '../../src/events/index.ts'
import { processBatch } from '../../src/flow/index.ts'

const never = (): Promise<unknown> => new Promise(() => {})

describe('S3 Batch Operations', () => {
  const event = (...keys: readonly (string | undefined)[]) => ({
    invocationSchemaVersion: '2.0',
    invocationId: 'invocation',
    job: { id: 'job' },
    tasks: keys.map((s3Key, n) => ({ taskId: `t${n}`, s3Key, s3Bucket: 'lake' })),
  })

  test('each task gets its result code: failures are tried again, what cannot be read is not', async () => {
    const handler = async (task: unknown) => {
      const key = (task as { s3Key: string }).s3Key
      if (key === 'throws') throw Object.assign(new TypeError('secret'), { code: 'E_X' })
      if (key === 'gone') return { resultCode: 'PermanentFailure', resultString: 'gone' }
      return key === 'says' ? 'copied' : key === 'odd' ? { resultCode: 'Done' } : undefined
    }
    const heard: string[] = []
    const response = await processBatch(event('plain', 'says', 'throws', 'gone', 'odd', undefined), handler, {
      payload: jsonPayload(),
      onFailure: ({ id }) => heard.push(id),
    })
    expect(heard.sort()).toEqual(['t2', 't4', 't5'])
    expect(response).toEqual({
      invocationSchemaVersion: '2.0',
      treatMissingKeysAs: 'PermanentFailure',
      invocationId: 'invocation',
      results: [
        { taskId: 't0', resultCode: 'Succeeded', resultString: '' },
        { taskId: 't1', resultCode: 'Succeeded', resultString: 'copied' },
        { taskId: 't2', resultCode: 'TemporaryFailure', resultString: 'TypeError E_X' },
        { taskId: 't3', resultCode: 'PermanentFailure', resultString: 'gone' },
        { taskId: 't4', resultCode: 'TemporaryFailure', resultString: 'TYPE_MISMATCH' },
        { taskId: 't5', resultCode: 'PermanentFailure', resultString: 'EVENT_INVALID' },
      ],
    })
  })

  test.each([
    ['null', null],
    ['a number', 7],
    ['an object of its own', { copied: 1 }],
  ])('a handler that resolves with %s succeeds', async (_, value) => {
    const { results } = await processBatch(event('a'), async () => value, { payload: jsonPayload() })
    expect(results).toEqual([{ taskId: 't0', resultCode: 'Succeeded', resultString: '' }])
  })

  test.each([
    ['a text', 'plain text', 'Error'],
    ['nothing', undefined, 'Error'],
    ['an error without code', new RangeError('secret'), 'RangeError'],
    ['an error whose code is a number', Object.assign(new Error('secret'), { code: 7 }), 'Error'],
    ['an error whose name is its code', Object.assign(new Error('secret'), { name: 'E_X', code: 'E_X' }), 'E_X'],
  ])('a handler that throws %s fails its task', async (_, thrown, resultString) => {
    const handler = async () => {
      throw thrown
    }
    const { results } = await processBatch(event('a'), handler, { payload: jsonPayload() })
    expect(results).toEqual([{ taskId: 't0', resultCode: 'TemporaryFailure', resultString }])
  })

  test('the text of a result is cut to what S3 takes', async () => {
    const { results } = await processBatch(event('a'), async () => 'x'.repeat(3000), { payload: jsonPayload() })
    expect(results.map(({ resultString }) => resultString.length)).toEqual([1024])
  })

  test('a task in quarantine has succeeded', async () => {
    const quarantine = async () => {}
    const { results } = await processBatch(event(undefined), never, { payload: jsonPayload(), quarantine })
    expect(results).toEqual([{ taskId: 't0', resultCode: 'Succeeded', resultString: 'quarantined' }])
  })

  test('a failed task without identifier fails the batch; one in quarantine is left out', async () => {
    const both = event('a', 'b')
    const nameless = { ...both, tasks: [{ ...both.tasks[0], taskId: '' }, both.tasks[1]] }
    const handler = async () => {}
    await expect(processBatch(nameless, handler, { payload: jsonPayload() })).rejects.toMatchObject({
      code: 'BATCH_FAILED',
    })
    const { results } = await processBatch(nameless, handler, { payload: jsonPayload(), quarantine: async () => {} })
    expect(results.map(({ taskId }) => taskId)).toEqual(['t1'])
  })

  test('what has not finished at the deadline is tried again', async () => {
    const context = { getRemainingTimeInMillis: () => 1005 }
    const { results } = await processBatch(event('a'), never, { payload: jsonPayload(), context })
    expect(results).toEqual([{ taskId: 't0', resultCode: 'TemporaryFailure', resultString: 'not finished' }])
  })
})
