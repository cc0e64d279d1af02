/** A value that only CloudFormation knows: present, but unknown here. */
export const UNKNOWN: unique symbol = /* @__PURE__ */ Symbol('unknown')
/** A value that cannot be read: invalid JSON, a throwing getter, a member of a value without members. */
export const UNREADABLE: unique symbol = /* @__PURE__ */ Symbol('unreadable')

/** Longer than any list in a setting; a sparse array of 2^32 members would take minutes. */
const MAX_LIST = 1000

/**
 * Read a setting by its path: undefined if absent. Only own properties count, and errors of a getter or a proxy are
 * caught. Text of a number or a flag is converted, as in CloudFormation, also in lists.
 */
export function readSetting(config: unknown, path: string): unknown {
  try {
    return path.split('.').reduce(memberOf, known(config))
  } catch {
    return UNREADABLE
  }
}

function memberOf(bag: unknown, name: string): unknown {
  if (bag === undefined || bag === UNKNOWN) return bag
  if (typeof bag !== 'object' || Array.isArray(bag)) return UNREADABLE
  return Object.hasOwn(bag as object, name) ? known(Reflect.get(bag as object, name)) : undefined
}

/**
 * Resolve a value: `RedrivePolicy` may be the text of an object, `{ Ref: 'AWS::NoValue' }` removes a setting, any other
 * function or dynamic reference of CloudFormation is an unknown value, and empty text is none.
 */
function known(value: unknown): unknown {
  if (value === null || value === '') return undefined
  if (Array.isArray(value)) return value.length > MAX_LIST ? UNREADABLE : Array.from(value, known)
  if (typeof value === 'object') {
    const [name = '', ...others] = Object.keys(value)
    if (others.length > 0 || !/^(Ref$|Fn::)/.test(name)) return value
    return Reflect.get(value, name) === 'AWS::NoValue' ? undefined : UNKNOWN
  }
  if (typeof value !== 'string') return value
  if (value.includes('{{resolve:')) return UNKNOWN
  if (/^-?\d{1,15}$/.test(value)) return Number(value)
  if (/^(true|false)$/i.test(value)) return /t/i.test(value)
  return /^\s*\{/.test(value) ? JSON.parse(value) : value
}
