import { isMillraceError } from '../errors.ts'

/** Characters that could move a terminal's cursor, end a line or hide text: control characters, line separators and direction marks. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Escape text for one line of a terminal: column names come from untrusted files. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Code and message of an error. A foreign error may quote data, so only its name is shown. */
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

/** The error code of the operating system, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  const code: unknown = Object(error).code
  return typeof code === 'string' && /^E[A-Z0-9]{2,20}$/.test(code) ? code : undefined
}
