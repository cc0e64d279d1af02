import { type ErrorCode, MillraceError } from '../errors.ts'
import { type Place, pathOf } from '../events/place.ts'

type Steps = readonly (string | number)[]

/**
 * Create the error of an attribute that breaks a rule. `steps` is the path from the image to the value, `place` the
 * path to the image; the value itself is never named.
 */
export function attributeError(
  rule: string,
  steps: Steps,
  { place, cause, code = 'ATTRIBUTE_INVALID' }: { place?: Place | undefined; cause?: unknown; code?: ErrorCode } = {},
): MillraceError {
  return new MillraceError(code, `attribute ${rule}`, { path: pathOf(place, ...steps), cause })
}

export function tooDeep(maxDepth: number, steps: Steps, place?: Place): MillraceError {
  return attributeError(`is nested more than ${maxDepth} deep (option maxDepth)`, steps, {
    place,
    code: 'LIMIT_EXCEEDED',
  })
}
