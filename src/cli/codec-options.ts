import type { CodecOptions } from '../codecs/index.ts'
import type { Flag, FlagFormat, Flags } from './flag.ts'
import { flagValue } from './flag-value.ts'
import { LIMIT_FLAGS } from './limit-flags.ts'
import type { CommandWords } from './parse-command.ts'
import { usageError } from './usage-error.ts'

/**
 * Convert flags to the options of a codec.
 *
 * @param flags - the flags for reading, or those for writing; other flags are ignored.
 * @throws MillraceError `OPTION_INVALID` for an invalid value, and for two flags that set one option.
 */
export function codecOptions({ given }: CommandWords, flags: Flags): CodecOptions {
  const options = new Map<string, unknown>()
  const limits = new Map<string, unknown>()
  for (const [name, texts] of given) {
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
    if (flag === undefined) continue
    const limit = limitOf(name)
    const [place, option] = limit === undefined ? [options, flag.option] : [limits, limit]
    if (place.has(option)) throw usageError(`--${name} contradicts another flag, which sets ${option} too`)
    place.set(option, flagValue(name, flag, texts))
  }
  if (limits.size > 0) options.set('limits', Object.fromEntries(limits))
  return Object.fromEntries(options)
}

/**
 * Reject flags of other formats than the file's: the library would ignore their options.
 *
 * @throws MillraceError `OPTION_INVALID`.
 */
export function checkFlagFormats({ given }: CommandWords, flags: Flags, format: string): void {
  const own: FlagFormat = format === 'tsv' ? 'csv' : format === 'ndjson' ? 'json' : (format as FlagFormat)
  for (const name of given.keys()) {
    const flag: Flag | undefined = Object.hasOwn(flags, name) ? flags[name] : undefined
    const formats = flag?.formats
    if (formats !== undefined && !formats.includes(own)) {
      throw usageError(`--${name} is only for ${formats.join(' and ')}, but the file is ${format}`)
    }
  }
}

function limitOf(name: string): string | undefined {
  return Object.hasOwn(LIMIT_FLAGS, name) ? LIMIT_FLAGS[name as keyof typeof LIMIT_FLAGS].limit : undefined
}
