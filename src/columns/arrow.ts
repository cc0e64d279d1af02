/**
 * Arrow without its IPC readers and writers: half the bytes of `apache-arrow`, and half the time to load. The build
 * replaces every import of `apache-arrow` by this file (see `tsup.config.ts`); both export the same modules, so that a
 * caller's `Table` is the same class.
 */
export * from 'apache-arrow/data'
export * from 'apache-arrow/enum'
export * from 'apache-arrow/recordbatch'
export * from 'apache-arrow/schema'
export * from 'apache-arrow/table'
export * from 'apache-arrow/type'
export * from 'apache-arrow/vector'
