/** A process of the Node that makes a cache. */
export interface Maker {
  /** Path of the Node. */
  readonly node: string
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Lambda's name of the Node that the function runs on. */
  readonly runtime: string | undefined
  readonly architecture: 'arm64' | 'x86_64' | undefined
}

/** A cache that was made. */
export interface CodeCache {
  /** Names of the exported functions. */
  readonly handlers: readonly string[]
  readonly bytes: number
  readonly node: string
  readonly platform: string
  readonly architecture: string
}
