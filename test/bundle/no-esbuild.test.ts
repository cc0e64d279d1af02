import { expect, test, vi } from 'vitest'
import { runEsbuild } from '../../src/bundle/esbuild.ts'

const BUILD = { entry: '/a.ts', outfile: '/b.cjs', external: [], isMinified: false, hasSourceMap: false, further: {} }

test.each([
  [new Error('The service was stopped'), 'The service was stopped'],
  [{ errors: [] }, '[object Object]'],
  ['stopped', 'stopped'],
  [null, 'null'],
  [{ errors: [{ text: 'bad', location: null }, { text: 'worse' }] }, 'bad; worse'],
  [{ errors: [{ text: 'No Top-level await here' }] }, 'No Top-level await here'],
])('a fault of esbuild itself is BUNDLE_FAILED: %s', async (cause, message) => {
  // A service that stops cannot be had on demand.
  vi.doMock('esbuild', () => ({ build: () => Promise.reject(cause) }))
  const failure = expect(runEsbuild('x', BUILD)).rejects
  await failure.toMatchObject({ code: 'BUNDLE_FAILED', message: `x: /a.ts cannot be bundled: ${message}`, cause })
})

test('without esbuild says how to install it', async () => {
  vi.doMock('esbuild', () => {
    throw new Error('not installed')
  })
  await expect(runEsbuild('x', BUILD)).rejects.toMatchObject({
    code: 'BUNDLE_FAILED',
    message: 'x needs esbuild, which is an optional peer: npm install --save-dev esbuild',
    cause: expect.any(Error),
  })
})
