import { unmarshall } from '@aws-sdk/util-dynamodb'
import microdiff from 'microdiff'
import { deserializeImage, detectImageChanges, diff, readChanges } from 'millrace/cdc'
import type { Image, ImagePair, StreamEvent } from './images.ts'

/** One way to do something to each of many inputs; what it is given is made by `prepare` from freshly parsed JSON, outside the clock. */
export interface ItemCandidate<Parsed, Input> {
  readonly prepare: (parsed: Parsed) => Input
  readonly run: (input: Input) => unknown
  /** Inputs in what `run` takes at once; 1. */
  readonly size?: (parsed: Parsed) => number
}

function define<Parsed, Input>(candidate: ItemCandidate<Parsed, Input>): ItemCandidate<Parsed, Input> {
  return candidate
}

const same = <T>(value: T): T => value
const values = ({ before, after }: ImagePair) => ({ before: deserializeImage(before), after: deserializeImage(after) })
const records = ({ Records }: StreamEvent): number => Records.length

/** Every candidate by name: one process takes one of them. */
export const CANDIDATES = {
  unmarshall: define({ prepare: same<Image>, run: (image) => unmarshall(image) }),
  deserializeImage: define({ prepare: same<Image>, run: (image) => deserializeImage(image) }),
  microdiff: define({ prepare: values, run: ({ before, after }) => microdiff(before, after) }),
  diff: define({ prepare: values, run: ({ before, after }) => diff(before, after) }),
  'unmarshall twice + microdiff': define({
    prepare: same<ImagePair>,
    run: ({ before, after }) => microdiff(unmarshall(before), unmarshall(after)),
  }),
  detectImageChanges: define({
    prepare: same<ImagePair>,
    run: ({ before, after }) => detectImageChanges(before, after),
  }),
  'unmarshall twice + microdiff, of records': define({
    prepare: same<StreamEvent>,
    run: ({ Records }) =>
      Records.map(({ dynamodb }) => microdiff(unmarshall(dynamodb.OldImage), unmarshall(dynamodb.NewImage))),
    size: records,
  }),
  readChanges: define({ prepare: same<StreamEvent>, run: (event) => readChanges(event), size: records }),
} as const

export type CandidateName = keyof typeof CANDIDATES
