import type { Flag, Flags } from './flag.ts'
import type { CommandWords } from './parse-command.ts'
import { usageError } from './usage-error.ts'

/**
 * Parse the value of an option from the texts of its flag.
 *
 * @throws MillraceError `OPTION_INVALID` for an invalid text.
 */
export function flagValue(name: string, { kind, choices }: Flag, texts: readonly string[]): unknown {
  const [text = ''] = texts
  if (choices !== undefined && !choices.includes(text))
    throw usageError(`--${name} must be one of ${choices.join(', ')}`)
  switch (kind) {
    case 'on':
      return true
    case 'off':
      return false
    case 'text':
      return text
    case 'line-break':
      return text === 'crlf' ? '\r\n' : '\n'
    case 'mark':
      return text.replaceAll('\\t', '\t')
    case 'texts':
      return texts
    case 'number':
      return numberOf(name, text)
    case 'numbers':
      return texts.map((each) => numberOf(name, each))
    case 'rows':
      return text === 'all' ? Number.POSITIVE_INFINITY : numberOf(name, text)
    case 'types':
      return pairsOf(name, texts, (pair) => pair.lastIndexOf('='))
    case 'pairs':
      return pairsOf(name, texts, (pair) => pair.indexOf('='))
  }
}

function numberOf(name: string, text: string): number {
  if (!/^\d{1,15}(?:\.\d{1,15})?$/.test(text)) throw usageError(`--${name} must be a number, such as 1000`)
  return Number(text)
}

/** Members by name; names such as `__proto__` are ordinary members. */
function pairsOf(name: string, texts: readonly string[], markOf: (pair: string) => number): Record<string, string> {
  const pairs = texts.flatMap((text): [string, string][] => {
    if (text.startsWith('{')) return membersOf(name, text)
    const mark = markOf(text)
    if (mark < 1) throw usageError(`--${name} must be NAME=VALUE, or a JSON object`)
    return [[text.slice(0, mark), text.slice(mark + 1)]]
  })
  if (new Set(pairs.map(([key]) => key)).size < pairs.length) throw usageError(`--${name} has a name twice`)
  return Object.fromEntries(pairs)
}

function membersOf(name: string, text: string): [string, string][] {
  try {
    const members = Object.entries(JSON.parse(text) as Record<string, unknown>)
    if (members.every((member): member is [string, string] => typeof member[1] === 'string')) return members
  } catch {
    // Below: V8's message quotes the text.
  }
  throw usageError(`--${name} begins with { but is not a JSON object of strings`)
}

/** The value of a flag, undefined if it was not passed. */
export function flagOf({ given }: CommandWords, flags: Flags, name: string): unknown {
  const texts = given.get(name)
  const flag = flags[name]
  return texts === undefined || flag === undefined ? undefined : flagValue(name, flag, texts)
}
