// biome-ignore-all lint/suspicious/noExplicitAny: the declarations that these extend are bound by any
import type {
  PipelineDestination,
  PipelineOptions,
  PipelinePromise,
  PipelineSource,
  PipelineTransform,
} from 'node:stream'

// `pipeline` takes any number of stages; its declarations in @types/node end at four. These go on to ten, and change nothing else.
// They stay true to the declarations that they extend, whose type parameters are bound by `any`.
declare module 'stream/promises' {
  function pipeline<
    A extends PipelineSource<any>,
    T1 extends PipelineTransform<A, any>,
    T2 extends PipelineTransform<T1, any>,
    T3 extends PipelineTransform<T2, any>,
    T4 extends PipelineTransform<T3, any>,
    T5 extends PipelineTransform<T4, any>,
    B extends PipelineDestination<T5, any>,
  >(
    source: A,
    transform1: T1,
    transform2: T2,
    transform3: T3,
    transform4: T4,
    transform5: T5,
    destination: B,
    options?: PipelineOptions,
  ): PipelinePromise<B>

  function pipeline<
    A extends PipelineSource<any>,
    T1 extends PipelineTransform<A, any>,
    T2 extends PipelineTransform<T1, any>,
    T3 extends PipelineTransform<T2, any>,
    T4 extends PipelineTransform<T3, any>,
    T5 extends PipelineTransform<T4, any>,
    T6 extends PipelineTransform<T5, any>,
    B extends PipelineDestination<T6, any>,
  >(
    source: A,
    transform1: T1,
    transform2: T2,
    transform3: T3,
    transform4: T4,
    transform5: T5,
    transform6: T6,
    destination: B,
    options?: PipelineOptions,
  ): PipelinePromise<B>

  function pipeline<
    A extends PipelineSource<any>,
    T1 extends PipelineTransform<A, any>,
    T2 extends PipelineTransform<T1, any>,
    T3 extends PipelineTransform<T2, any>,
    T4 extends PipelineTransform<T3, any>,
    T5 extends PipelineTransform<T4, any>,
    T6 extends PipelineTransform<T5, any>,
    T7 extends PipelineTransform<T6, any>,
    B extends PipelineDestination<T7, any>,
  >(
    source: A,
    transform1: T1,
    transform2: T2,
    transform3: T3,
    transform4: T4,
    transform5: T5,
    transform6: T6,
    transform7: T7,
    destination: B,
    options?: PipelineOptions,
  ): PipelinePromise<B>

  function pipeline<
    A extends PipelineSource<any>,
    T1 extends PipelineTransform<A, any>,
    T2 extends PipelineTransform<T1, any>,
    T3 extends PipelineTransform<T2, any>,
    T4 extends PipelineTransform<T3, any>,
    T5 extends PipelineTransform<T4, any>,
    T6 extends PipelineTransform<T5, any>,
    T7 extends PipelineTransform<T6, any>,
    T8 extends PipelineTransform<T7, any>,
    B extends PipelineDestination<T8, any>,
  >(
    source: A,
    transform1: T1,
    transform2: T2,
    transform3: T3,
    transform4: T4,
    transform5: T5,
    transform6: T6,
    transform7: T7,
    transform8: T8,
    destination: B,
    options?: PipelineOptions,
  ): PipelinePromise<B>

  function pipeline<
    A extends PipelineSource<any>,
    T1 extends PipelineTransform<A, any>,
    T2 extends PipelineTransform<T1, any>,
    T3 extends PipelineTransform<T2, any>,
    T4 extends PipelineTransform<T3, any>,
    T5 extends PipelineTransform<T4, any>,
    T6 extends PipelineTransform<T5, any>,
    T7 extends PipelineTransform<T6, any>,
    T8 extends PipelineTransform<T7, any>,
    T9 extends PipelineTransform<T8, any>,
    B extends PipelineDestination<T9, any>,
  >(
    source: A,
    transform1: T1,
    transform2: T2,
    transform3: T3,
    transform4: T4,
    transform5: T5,
    transform6: T6,
    transform7: T7,
    transform8: T8,
    transform9: T9,
    destination: B,
    options?: PipelineOptions,
  ): PipelinePromise<B>

  function pipeline<
    A extends PipelineSource<any>,
    T1 extends PipelineTransform<A, any>,
    T2 extends PipelineTransform<T1, any>,
    T3 extends PipelineTransform<T2, any>,
    T4 extends PipelineTransform<T3, any>,
    T5 extends PipelineTransform<T4, any>,
    T6 extends PipelineTransform<T5, any>,
    T7 extends PipelineTransform<T6, any>,
    T8 extends PipelineTransform<T7, any>,
    T9 extends PipelineTransform<T8, any>,
    T10 extends PipelineTransform<T9, any>,
    B extends PipelineDestination<T10, any>,
  >(
    source: A,
    transform1: T1,
    transform2: T2,
    transform3: T3,
    transform4: T4,
    transform5: T5,
    transform6: T6,
    transform7: T7,
    transform8: T8,
    transform9: T9,
    transform10: T10,
    destination: B,
    options?: PipelineOptions,
  ): PipelinePromise<B>
}
