import { MillraceError } from '../../errors.ts'
import { MAX_PART_BYTES, MAX_PARTS, MIN_PART_BYTES } from '../../s3/multipart-upload.ts'

/** A range of the target: bytes in memory, or bytes of a source. */
export type Piece =
  | { readonly bytes: Uint8Array }
  | { readonly source: number; readonly start: number; readonly end: number; readonly isCopyable: boolean }

/** A part of the upload: copied on the server, or read and sent. */
export type Part =
  | { readonly kind: 'copy'; readonly source: number; readonly start: number; readonly end: number }
  | { readonly kind: 'send'; readonly pieces: readonly Piece[]; readonly length: number }

export interface PartLimits {
  /** Least bytes of a part other than the last; S3 requires a source to have more for a partial copy. */
  readonly minBytes: number
  readonly maxBytes: number
  readonly maxParts: number
  /** Bytes of a sent part. */
  readonly sendBytes: number
  /** Bytes of a copied part: parts are copied concurrently, and S3 needs long for large ones. */
  readonly copyBytes: number
}

const MIB = 1024 * 1024
export const S3_PARTS: PartLimits = {
  minBytes: MIN_PART_BYTES,
  maxBytes: MAX_PART_BYTES,
  maxParts: MAX_PARTS,
  sendBytes: 8 * MIB,
  copyBytes: 256 * MIB,
}

/**
 * Cut the target into parts. Ranges are copied if possible, except bytes that the preceding part needs for its minimum,
 * and ranges smaller than a part.
 *
 * @throws MillraceError `LIMIT_EXCEEDED` for more parts than S3 allows.
 */
export function planParts(pieces: readonly Piece[], limits: PartLimits): Part[] {
  const { minBytes, sendBytes, maxParts } = limits
  const copyBytes = bytesOfCopies(pieces, limits)
  const parts: Part[] = []
  let waiting: Piece[] = []
  let length = 0

  const wait = (piece: Piece): void => {
    if (lengthOf(piece) === 0) return
    waiting.push(piece)
    length += lengthOf(piece)
    // The rest is a part, or can become one.
    while (length >= sendBytes + minBytes) send(sendBytes)
  }
  const send = (bytes: number): void => {
    const [now, later] = cut(waiting, bytes)
    if (bytes > 0) parts.push({ kind: 'send', pieces: now, length: bytes })
    waiting = later
    length -= bytes
  }

  for (const piece of pieces) {
    const lacking = length === 0 ? 0 : Math.max(0, minBytes - length)
    if (!('source' in piece) || !piece.isCopyable || lengthOf(piece) - lacking < minBytes) {
      wait(piece)
      continue
    }
    wait({ ...piece, end: piece.start + lacking })
    send(length)
    parts.push(...copies({ ...piece, start: piece.start + lacking }, copyBytes))
  }
  send(length)
  if (parts.length > maxParts) {
    throw new MillraceError(
      'LIMIT_EXCEEDED',
      `mergeParquet: the target needs ${parts.length} parts, S3 allows ${maxParts}: merge fewer sources at a time`,
    )
  }
  return parts
}

/** The parts of a copied range, whose sizes differ by at most a byte, so that none is too small. */
function copies({ source, start, end }: Exclude<Piece, { bytes: unknown }>, copyBytes: number): Part[] {
  const count = Math.ceil((end - start) / copyBytes)
  const each = Math.floor((end - start) / count)
  const longer = (end - start) % count
  const bound = (index: number): number => start + each * index + Math.min(index, longer)
  return Array.from({ length: count }, (_, index) => ({
    kind: 'copy',
    source,
    start: bound(index),
    end: bound(index + 1),
  }))
}

/** Bytes per copy such that half of the parts suffice for all copies. */
function bytesOfCopies(pieces: readonly Piece[], { copyBytes, minBytes, maxBytes, maxParts }: PartLimits): number {
  const total = pieces.reduce((sum, piece) => sum + lengthOf(piece), 0)
  return Math.min(maxBytes, Math.max(copyBytes, 2 * minBytes, Math.ceil((2 * total) / maxParts)))
}

export function lengthOf(piece: Piece): number {
  return 'bytes' in piece ? piece.bytes.length : piece.end - piece.start
}

/** The first `bytes` of some pieces, and the rest. */
function cut(pieces: readonly Piece[], bytes: number): [Piece[], Piece[]] {
  const before: Piece[] = []
  const after: Piece[] = []
  let left = bytes
  for (const piece of pieces) {
    const taken = Math.min(left, lengthOf(piece))
    left -= taken
    if (taken > 0) before.push(slice(piece, 0, taken))
    if (taken < lengthOf(piece)) after.push(slice(piece, taken, lengthOf(piece)))
  }
  return [before, after]
}

function slice(piece: Piece, from: number, to: number): Piece {
  if ('bytes' in piece) return { bytes: piece.bytes.subarray(from, to) }
  return { ...piece, start: piece.start + from, end: piece.start + to }
}
