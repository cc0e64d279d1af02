import type { RawStruct } from '../../codecs/parquet/read/footer/raw-thrift.ts'
import { unsupported } from '../../codecs/parquet/read/invalid.ts'

/**
 * The structs of a footer that contain offsets, with their known fields, by number as in parquet.thrift. An unknown
 * field may be an offset too, so it is rejected: unchanged, it might point to the wrong bytes. Unknown fields of all
 * other structs (schema elements, logical types, statistics, sizes) are kept as bytes.
 */
const KNOWN = {
  'the file': 7,
  'a row group': 7,
  'a column chunk': 7,
  "a column chunk's metadata": 17,
} as const

/** Fields that mark encryption. */
const ENCRYPTION: Readonly<Record<string, readonly number[]>> = { 'the file': [8, 9], 'a column chunk': [8, 9] }

/** @throws MillraceError `UNSUPPORTED_FORMAT` for an unknown field, and for encryption. */
export function checkKnown(what: keyof typeof KNOWN, struct: RawStruct): void {
  for (const id of struct.keys()) {
    if (ENCRYPTION[what]?.includes(id)) {
      throw unsupported(
        'the file is encrypted, which binds its row groups to their positions; rewrite it without encryption',
      )
    }
    if (id < 1 || id > KNOWN[what]) {
      throw unsupported(`${what} has the unknown field ${id}, which may be an offset; read the file and write it again`)
    }
  }
}
