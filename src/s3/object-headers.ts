import { MillraceError } from '../errors.ts'

/** User metadata of an object: names to values, both US-ASCII, 2 KB in all. */
export type ObjectMetadata = Readonly<Record<string, string>>

const MAX_METADATA_BYTES = 2048
const NAME = /^[\w!#$%&'*+.^`|~-]+$/
const VALUE = /^(?:[!-~](?:[ -~]*[!-~])?)?$/

/**
 * Check what goes out as headers before anything is sent: S3 and HTTP would refuse it late, or change it in silence (names are
 * lower-cased, spaces at the ends are trimmed, other characters are mangled).
 */
export function checkHeaders(contentType: string | undefined, metadata: ObjectMetadata | undefined): void {
  if (contentType !== undefined && !VALUE.test(contentType)) throw invalid('contentType', 'must be US-ASCII text')
  if (metadata === undefined) return
  const names = new Set<string>()
  let bytes = 0
  for (const [name, value] of Object.entries(metadata)) {
    const label = `metadata ${JSON.stringify(name.slice(0, 80))}`
    if (!NAME.test(name)) throw invalid(label, 'a name must be a header name: letters, digits, - and _')
    if (names.has(name.toLowerCase()))
      throw invalid(label, 'another name differs in case alone, which S3 does not keep')
    if (typeof value !== 'string') throw invalid(label, 'a value must be a string')
    if (!VALUE.test(value)) {
      throw invalid(label, 'a value must be US-ASCII without spaces at its ends; encode it, for example with encodeURI')
    }
    names.add(name.toLowerCase())
    bytes += name.length + value.length
  }
  if (bytes > MAX_METADATA_BYTES)
    throw invalid('metadata', `names and values must be at most ${MAX_METADATA_BYTES} bytes in all`)
}

function invalid(what: string, rule: string): MillraceError {
  return new MillraceError('OPTION_INVALID', `${what}: ${rule}`)
}
