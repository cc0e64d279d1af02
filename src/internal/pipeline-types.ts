// Long, since TypeScript infers the results of a function with any number of stages only from one declaration per number.
// biome-ignore-all lint/suspicious/noExplicitAny: parameters and results of a function are inferred from it, of any type

/** The chunks that a source or a stage yields. Node's streams do not declare their chunks. */
type ChunkOf<S> = S extends (...args: any[]) => AsyncIterable<infer T> | Iterable<infer T>
  ? T
  : S extends AsyncIterable<infer T> | Iterable<infer T>
    ? T
    : any

type Source = AsyncIterable<any> | Iterable<any> | NodeJS.ReadableStream | (() => AsyncIterable<any> | Iterable<any>)

type Step<From> =
  | NodeJS.ReadWriteStream
  | ((source: AsyncIterable<ChunkOf<From>>, options: SignalOption) => AsyncIterable<any>)

type Sink<From> =
  | NodeJS.WritableStream
  | ((source: AsyncIterable<ChunkOf<From>>, options: SignalOption) => PromiseLike<any> | AsyncIterable<any>)

type ResultOf<To> = To extends (...args: any[]) => PromiseLike<infer R> ? Promise<R> : Promise<void>

interface SignalOption {
  readonly signal: AbortSignal
}

interface Options {
  readonly signal?: AbortSignal | undefined
  readonly end?: boolean | undefined
}

/**
 * `pipeline` of `node:stream/promises`, with the chunks of every stage checked against the input of the next one:
 * `const run: Pipeline = pipeline`. The declarations of `@types/node` from 25 on accept any order of stages.
 */
export interface Pipeline {
  <A extends Source, B extends Sink<A>>(source: A, destination: B, options?: Options): ResultOf<B>
  <A extends Source, T1 extends Step<A>, B extends Sink<T1>>(
    source: A,
    transform1: T1,
    destination: B,
    options?: Options,
  ): ResultOf<B>
  <A extends Source, T1 extends Step<A>, T2 extends Step<T1>, B extends Sink<T2>>(
    source: A,
    transform1: T1,
    transform2: T2,
    destination: B,
    options?: Options,
  ): ResultOf<B>
  <A extends Source, T1 extends Step<A>, T2 extends Step<T1>, T3 extends Step<T2>, B extends Sink<T3>>(
    source: A,
    transform1: T1,
    transform2: T2,
    transform3: T3,
    destination: B,
    options?: Options,
  ): ResultOf<B>
  <
    A extends Source,
    T1 extends Step<A>,
    T2 extends Step<T1>,
    T3 extends Step<T2>,
    T4 extends Step<T3>,
    B extends Sink<T4>,
  >(
    source: A,
    transform1: T1,
    transform2: T2,
    transform3: T3,
    transform4: T4,
    destination: B,
    options?: Options,
  ): ResultOf<B>
  <
    A extends Source,
    T1 extends Step<A>,
    T2 extends Step<T1>,
    T3 extends Step<T2>,
    T4 extends Step<T3>,
    T5 extends Step<T4>,
    B extends Sink<T5>,
  >(
    source: A,
    transform1: T1,
    transform2: T2,
    transform3: T3,
    transform4: T4,
    transform5: T5,
    destination: B,
    options?: Options,
  ): ResultOf<B>
  <
    A extends Source,
    T1 extends Step<A>,
    T2 extends Step<T1>,
    T3 extends Step<T2>,
    T4 extends Step<T3>,
    T5 extends Step<T4>,
    T6 extends Step<T5>,
    B extends Sink<T6>,
  >(
    source: A,
    transform1: T1,
    transform2: T2,
    transform3: T3,
    transform4: T4,
    transform5: T5,
    transform6: T6,
    destination: B,
    options?: Options,
  ): ResultOf<B>
  <
    A extends Source,
    T1 extends Step<A>,
    T2 extends Step<T1>,
    T3 extends Step<T2>,
    T4 extends Step<T3>,
    T5 extends Step<T4>,
    T6 extends Step<T5>,
    T7 extends Step<T6>,
    B extends Sink<T7>,
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
    options?: Options,
  ): ResultOf<B>
  <
    A extends Source,
    T1 extends Step<A>,
    T2 extends Step<T1>,
    T3 extends Step<T2>,
    T4 extends Step<T3>,
    T5 extends Step<T4>,
    T6 extends Step<T5>,
    T7 extends Step<T6>,
    T8 extends Step<T7>,
    B extends Sink<T8>,
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
    options?: Options,
  ): ResultOf<B>
  <
    A extends Source,
    T1 extends Step<A>,
    T2 extends Step<T1>,
    T3 extends Step<T2>,
    T4 extends Step<T3>,
    T5 extends Step<T4>,
    T6 extends Step<T5>,
    T7 extends Step<T6>,
    T8 extends Step<T7>,
    T9 extends Step<T8>,
    B extends Sink<T9>,
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
    options?: Options,
  ): ResultOf<B>
  <
    A extends Source,
    T1 extends Step<A>,
    T2 extends Step<T1>,
    T3 extends Step<T2>,
    T4 extends Step<T3>,
    T5 extends Step<T4>,
    T6 extends Step<T5>,
    T7 extends Step<T6>,
    T8 extends Step<T7>,
    T9 extends Step<T8>,
    T10 extends Step<T9>,
    B extends Sink<T10>,
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
    options?: Options,
  ): ResultOf<B>
}

// `pipeline` takes any number of stages, and any iterable as its source. Its declarations in @types/node end at four
// stages, and up to version 24 accept no array before an async function. These reach ten, and use no types of
// @types/node except the NodeJS streams, since its versions differ.
declare module 'stream/promises' {
  function pipeline<A extends Source, B extends Sink<A>>(source: A, destination: B, options?: Options): ResultOf<B>

  function pipeline<A extends Source, T1 extends Step<A>, B extends Sink<T1>>(
    source: A,
    transform1: T1,
    destination: B,
    options?: Options,
  ): ResultOf<B>

  function pipeline<A extends Source, T1 extends Step<A>, T2 extends Step<T1>, B extends Sink<T2>>(
    source: A,
    transform1: T1,
    transform2: T2,
    destination: B,
    options?: Options,
  ): ResultOf<B>

  function pipeline<A extends Source, T1 extends Step<A>, T2 extends Step<T1>, T3 extends Step<T2>, B extends Sink<T3>>(
    source: A,
    transform1: T1,
    transform2: T2,
    transform3: T3,
    destination: B,
    options?: Options,
  ): ResultOf<B>

  function pipeline<
    A extends Source,
    T1 extends Step<A>,
    T2 extends Step<T1>,
    T3 extends Step<T2>,
    T4 extends Step<T3>,
    B extends Sink<T4>,
  >(
    source: A,
    transform1: T1,
    transform2: T2,
    transform3: T3,
    transform4: T4,
    destination: B,
    options?: Options,
  ): ResultOf<B>

  function pipeline<
    A extends Source,
    T1 extends Step<A>,
    T2 extends Step<T1>,
    T3 extends Step<T2>,
    T4 extends Step<T3>,
    T5 extends Step<T4>,
    B extends Sink<T5>,
  >(
    source: A,
    transform1: T1,
    transform2: T2,
    transform3: T3,
    transform4: T4,
    transform5: T5,
    destination: B,
    options?: Options,
  ): ResultOf<B>

  function pipeline<
    A extends Source,
    T1 extends Step<A>,
    T2 extends Step<T1>,
    T3 extends Step<T2>,
    T4 extends Step<T3>,
    T5 extends Step<T4>,
    T6 extends Step<T5>,
    B extends Sink<T6>,
  >(
    source: A,
    transform1: T1,
    transform2: T2,
    transform3: T3,
    transform4: T4,
    transform5: T5,
    transform6: T6,
    destination: B,
    options?: Options,
  ): ResultOf<B>

  function pipeline<
    A extends Source,
    T1 extends Step<A>,
    T2 extends Step<T1>,
    T3 extends Step<T2>,
    T4 extends Step<T3>,
    T5 extends Step<T4>,
    T6 extends Step<T5>,
    T7 extends Step<T6>,
    B extends Sink<T7>,
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
    options?: Options,
  ): ResultOf<B>

  function pipeline<
    A extends Source,
    T1 extends Step<A>,
    T2 extends Step<T1>,
    T3 extends Step<T2>,
    T4 extends Step<T3>,
    T5 extends Step<T4>,
    T6 extends Step<T5>,
    T7 extends Step<T6>,
    T8 extends Step<T7>,
    B extends Sink<T8>,
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
    options?: Options,
  ): ResultOf<B>

  function pipeline<
    A extends Source,
    T1 extends Step<A>,
    T2 extends Step<T1>,
    T3 extends Step<T2>,
    T4 extends Step<T3>,
    T5 extends Step<T4>,
    T6 extends Step<T5>,
    T7 extends Step<T6>,
    T8 extends Step<T7>,
    T9 extends Step<T8>,
    B extends Sink<T9>,
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
    options?: Options,
  ): ResultOf<B>

  function pipeline<
    A extends Source,
    T1 extends Step<A>,
    T2 extends Step<T1>,
    T3 extends Step<T2>,
    T4 extends Step<T3>,
    T5 extends Step<T4>,
    T6 extends Step<T5>,
    T7 extends Step<T6>,
    T8 extends Step<T7>,
    T9 extends Step<T8>,
    T10 extends Step<T9>,
    B extends Sink<T10>,
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
    options?: Options,
  ): ResultOf<B>
}
