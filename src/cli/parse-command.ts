import { type ParseArgsConfig, parseArgs } from 'node:util'
import { nearestName } from '../internal/check-arguments.ts'
import { type Flags, isRepeatable, takesValue } from './flag.ts'
import { usageError } from './usage-error.ts'

/** A parsed command line. */
export interface CommandWords {
  readonly positionals: readonly string[]
  /** The texts of each flag, one per occurrence; an empty one for a flag without value. */
  readonly given: ReadonlyMap<string, readonly string[]>
}

const SHORT: Readonly<Record<string, string>> = { h: 'help' }

/**
 * Divide a command line into flags and positionals.
 *
 * @throws MillraceError `OPTION_INVALID` for an unknown flag, with the nearest one; for a missing or superfluous value;
 * for a repeated flag that takes one value.
 */
export function parseCommand(args: readonly string[], flags: Flags): CommandWords {
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } }
  for (const [name, flag] of Object.entries(flags)) options[name] = { type: takesValue(flag) ? 'string' : 'boolean' }
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true })
  const positionals: string[] = []
  const given = new Map<string, readonly string[]>()
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const name = flagName(token, flags)
    const text = textOf(token, name, flags)
    const before = given.get(name) ?? []
    const flag = flags[name]
    if (before.length > 0 && flag !== undefined && takesValue(flag) && !isRepeatable(flag)) {
      throw usageError(`--${name} is repeated`)
    }
    given.set(name, [...before, text])
  }
  return { positionals, given }
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
  readonly inlineValue?: boolean | undefined
}

function flagName({ name, rawName }: OptionToken, flags: Flags): string {
  if (Object.hasOwn(flags, name) || (SHORT[name] ?? name) === 'help') return SHORT[name] ?? name
  const near = nearestName(name, [...Object.keys(flags), 'help'])
  const shown = JSON.stringify(rawName.slice(0, 40))
  throw usageError(`there is no flag ${shown}; ${near === undefined ? 'see --help' : `did you mean --${near}?`}`)
}

function textOf({ value, inlineValue }: OptionToken, name: string, flags: Flags): string {
  const flag = flags[name]
  if (flag === undefined || !takesValue(flag)) {
    if (value !== undefined) throw usageError(`--${name} takes no value`)
    return ''
  }
  if (value === undefined) throw usageError(`--${name} needs a value`)
  if (inlineValue !== true && value.length > 1 && value.startsWith('-')) {
    throw usageError(`--${name} needs a value; write --${name}=-... for one that begins with a dash`)
  }
  return value
}
