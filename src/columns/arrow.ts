/**
 * Arrow without its readers and writers of IPC: half the bytes of `apache-arrow`, half the time to load. The build puts this file in the place of
 * every import of `apache-arrow` (see `tsup.config.ts`); the modules behind both are the same, so that a caller's `Table` is ours.
 */
export * from 'apache-arrow/data'
export * from 'apache-arrow/enum'
export * from 'apache-arrow/recordbatch'
export * from 'apache-arrow/schema'
export * from 'apache-arrow/table'
export * from 'apache-arrow/type'
export * from 'apache-arrow/vector'
