import { expectTypeOf, test } from 'vitest'
import {
  checkEventSource,
  chooseEngine,
  type Engine,
  type Finding,
  lambdaCost,
  sourceOf,
} from '../../src/limits/index.ts'

test('what the compiler promises', () => {
  expectTypeOf(chooseEngine).returns.toHaveProperty('engine').toEqualTypeOf<Engine>()
  expectTypeOf(checkEventSource).returns.toEqualTypeOf<readonly Finding[]>()
  expectTypeOf(lambdaCost).returns.toHaveProperty('usd').toEqualTypeOf<number>()
  // @ts-expect-error: no such source
  checkEventSource('sns', {})
  // @ts-expect-error: memory is not optional
  lambdaCost({ invocations: 1, ms: 1 })
  // @ts-expect-error: no such number
  sourceOf('timeout')
})
