import type { RawStruct } from '../../codecs/parquet/read/footer/raw-thrift.ts'
import { unsupported } from '../../codecs/parquet/read/invalid.ts'

/**
 * The structs of a footer that hold offsets, with the fields of them that this version knows, by number as in parquet.thrift. A field that is not
 * known may be an offset too, so it is refused: as it stands it might point elsewhere. Unknown fields of all other structs (schema elements,
 * logical types, statistics, sizes) are kept as their bytes.
 */
const KNOWN = {
  'the file': 7,
  'a row group': 7,
  'a column chunk': 7,
  "a column chunk's metadata": 17,
} as const

/** Fields that mark encryption. */
const ENCRYPTION: Readonly<Record<string, readonly number[]>> = { 'the file': [8, 9], 'a column chunk': [8, 9] }

/** @throws MillraceError `UNSUPPORTED_FORMAT` for a field that is not known, and for encryption. */
export function checkKnown(what: keyof typeof KNOWN, struct: RawStruct): void {
  for (const id of struct.keys()) {
    if (ENCRYPTION[what]?.includes(id)) {
      throw unsupported(
        'the file is encrypted: its row groups are bound to their places; rewrite it without encryption',
      )
    }
    if (id < 1 || id > KNOWN[what]) {
      throw unsupported(
        `${what} has field ${id}, which this version does not know and which may hold an offset; read the file and write it again`,
      )
    }
  }
}
