/**
 * Arrow without its readers and writers of IPC: a third of the bytes of `apache-arrow`, half the time to load. The build puts this file in the place of
 * every import of `apache-arrow` (see `tsup.config.ts`); the modules behind both are the same, so that a caller's `Table` is ours.
 *
 * By name: of `export *` the build makes an object of getters, through which every use would go and from which no bundler can drop anything.
 */
export { Data, makeData } from 'apache-arrow/data'
export { DateUnit, Precision, TimeUnit } from 'apache-arrow/enum'
export { RecordBatch } from 'apache-arrow/recordbatch'
export { Field, Schema } from 'apache-arrow/schema'
export { Table } from 'apache-arrow/table'
export {
  Binary,
  Bool,
  DataType,
  DateDay,
  Decimal,
  Dictionary,
  FixedSizeBinary,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  Map_,
  Struct,
  TimeMicrosecond,
  TimeMillisecond,
  TimeNanosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow/type'
export { makeVector, Vector } from 'apache-arrow/vector'
