import { MillraceError } from '../errors.ts'
import { nearestName } from './check-arguments.ts'

/**
 * Check the names of an object that may have further fields, such as a target: a name close to a known field is a typo, which would be ignored.
 *
 * @throws MillraceError `OPTION_INVALID` with the nearest name.
 */
export function checkNearNames(entry: string, value: object, names: readonly string[]): void {
  for (const [name, field] of Object.entries(value)) {
    const near = field === undefined || names.includes(name) ? undefined : nearestName(name, names)
    if (near === undefined) continue
    throw new MillraceError(
      'OPTION_INVALID',
      `${entry}: there is no field ${JSON.stringify(name.slice(0, 40))}; did you mean ${near}?`,
    )
  }
}
