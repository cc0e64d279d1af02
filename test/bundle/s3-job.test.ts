import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bundleHandler } from '../../src/bundle/index.ts'
import { ROOT } from '../package/support/packed.ts'
import { invoke, project } from './project.ts'

test('the S3 job of the examples is warmed up on a server of its own, SDK inside, and V8 takes its cache', async () => {
  const folder = project({})
  const job = { entry: join(ROOT, 'examples/s3-job/handler.ts'), outdir: join(folder, 'dist') }
  const cold = await bundleHandler(job)
  const warm = await bundleHandler({ ...job, warmUp: join(ROOT, 'examples/s3-job/warm-up.ts') })
  expect(warm.handlers).toEqual(['createHandler', 'handler'])
  expect(warm.cacheBytes).toBeGreaterThan(cold.cacheBytes * 1.2)
  const { value, log } = invoke(join(folder, 'dist/handler.cjs'), { event: { Records: [] } })
  expect(value).toEqual([])
  expect(log.filter((line) => line.includes('millrace/bundle'))).toEqual([])
})
