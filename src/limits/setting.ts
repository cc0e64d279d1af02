/** A value that only CloudFormation knows: present, but unknown here. */
export const UNKNOWN: unique symbol = Symbol('unknown')
/** A value that cannot be read: JSON that is none, a getter that throws, a member of what has no members. */
export const UNREADABLE: unique symbol = Symbol('unreadable')

/** No setting has a list nearly as long; a sparse array of 2^32 members would take minutes. */
const MAX_LIST = 1000

/** Read a setting by its path: undefined where it is absent. Own properties alone count, and nothing that a getter or a proxy throws gets out. */
export function readSetting(config: unknown, path: string): unknown {
  try {
    return path.split('.').reduce(memberOf, known(config))
  } catch {
    return UNREADABLE
  }
}

/** The members of a list; undefined for what is none, or cannot be read. */
export function readList(value: unknown): readonly unknown[] | undefined {
  try {
    return Array.isArray(value) && value.length <= MAX_LIST ? Array.from(value, known) : undefined
  } catch {
    return undefined
  }
}

/** True or false, also as text; undefined for anything else. */
export function flagOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string' || !/^(true|false)$/i.test(value)) return undefined
  return value.toLowerCase() === 'true'
}

function memberOf(bag: unknown, name: string): unknown {
  if (bag === undefined || bag === UNKNOWN) return bag
  if (typeof bag !== 'object' || bag === null) return UNREADABLE
  return Object.hasOwn(bag, name) ? known(Reflect.get(bag, name)) : undefined
}

/**
 * The value that stands there: `RedrivePolicy` may be the text of an object, `{ Ref: 'AWS::NoValue' }` removes a setting, any other function or
 * dynamic reference of CloudFormation is a value that is not known, and empty text is none.
 */
function known(value: unknown): unknown {
  if (value === null || value === '') return undefined
  if (typeof value === 'string') {
    if (value.includes('{{resolve:')) return UNKNOWN
    return /^\s*\{/.test(value) ? JSON.parse(value) : value
  }
  if (typeof value !== 'object' || Array.isArray(value)) return value
  const [name = '', ...others] = Object.keys(value as object)
  if (others.length > 0 || !/^(Ref$|Fn::)/.test(name)) return value
  return Reflect.get(value as object, name) === 'AWS::NoValue' ? undefined : UNKNOWN
}
