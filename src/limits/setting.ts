/** A value that only CloudFormation knows: present, but unknown here. */
export const UNKNOWN: unique symbol = /* @__PURE__ */ Symbol('unknown')
/** A value that cannot be read: JSON that is none, a getter that throws, a member of what has no members. */
export const UNREADABLE: unique symbol = /* @__PURE__ */ Symbol('unreadable')

/** No setting has a list nearly as long; a sparse array of 2^32 members would take minutes. */
const MAX_LIST = 1000

/**
 * Read a setting by its path: undefined where it is absent. Own properties alone count, and nothing that a getter or a proxy throws gets out.
 * Text of a number or a flag is that number or flag, as in CloudFormation; in a list, members are read likewise.
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
 * The value that stands there: `RedrivePolicy` may be the text of an object, `{ Ref: 'AWS::NoValue' }` removes a setting, any other function or
 * dynamic reference of CloudFormation is a value that is not known, and empty text is none.
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
