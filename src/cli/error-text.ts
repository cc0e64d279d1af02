import { isMillraceError } from '../errors.ts'

/** Letters that could move the cursor of a terminal, end a line or hide text: control characters, line separators and marks of direction. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Text on one line that a terminal shows as it is: names of columns come from files of others. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Code and message of an error. One that is none of ours may quote data, so that its name alone is shown. */
export interface ErrorReport {
  readonly code: string
  readonly message: string
  readonly position?: unknown
  readonly path?: unknown
}

export function errorReport(error: unknown): ErrorReport {
  if (!isMillraceError(error)) {
    const what = systemCode(error) ?? (error instanceof Error ? error.name : typeof error)
    return { code: 'UNEXPECTED', message: `${printable(what)}; please report it, with the command` }
  }
  const { code, message, position, path, cause } = error
  const why = systemCode(cause)
  return {
    code,
    message: printable(why === undefined ? message : `${message}: ${why}`),
    ...(position !== undefined && { position }),
    ...(path !== undefined && { path }),
  }
}

/** `ENOENT`: what the operating system said. */
export function systemCode(error: unknown): string | undefined {
  const code: unknown = Object(error).code
  return typeof code === 'string' && /^E[A-Z0-9]{2,20}$/.test(code) ? code : undefined
}
