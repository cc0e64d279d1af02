import type * as z from 'zod/mini'
import { MillraceError } from '../errors.ts'
import type { Result } from '../result.ts'

type Path = readonly (string | number)[]

/**
 * Parse a value with the schema of an event or of a part of it. `path` is the value's position in the event.
 *
 * Nothing is thrown for any value: a throwing getter or proxy is a failed result too.
 */
export function parseEvent<T extends z.ZodMiniType>(
  schema: T,
  value: unknown,
  { name, path = [] }: { readonly name: string; readonly path?: Path },
): Result<z.output<T>> {
  try {
    const parsed = schema.safeParse(value)
    if (parsed.success) return { ok: true, value: parsed.data }
    const issue = parsed.error.issues[0]
    const at = [...path, ...(issue?.path ?? []).map((step) => (typeof step === 'symbol' ? String(step) : step))]
    return { ok: false, error: new MillraceError('EVENT_INVALID', `not ${name}: ${ruleOf(issue)}`, { path: at }) }
  } catch (cause) {
    return { ok: false, error: new MillraceError('EVENT_INVALID', `not ${name}: cannot be read`, { path, cause }) }
  }
}

/** Describe the rule of the schema at a path, without data of the event. */
function ruleOf(issue: z.core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case 'invalid_type':
      return `must be of type ${issue.expected}`
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
    case 'custom':
      return issue.message
    default:
      return 'does not have the shape that AWS documents'
  }
}
