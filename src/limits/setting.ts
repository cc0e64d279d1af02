/**
 * What a template says of a setting. `unknown`: there is a value, which CloudFormation alone can tell. `unreadable`: reading it fails.
 */
export type Setting =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'known'; readonly value: unknown }

const ABSENT: Setting = { kind: 'absent' }
const UNKNOWN: Setting = { kind: 'unknown' }
const UNREADABLE: Setting = { kind: 'unreadable' }
/** No setting has a list nearly as long; a sparse array of 2^32 members would take minutes. */
const MAX_LIST = 1000

/** Read a setting by its path. Own properties alone count, and nothing that a getter or a proxy throws gets out. */
export function readSetting(config: unknown, path: string): Setting {
  let setting = settingOf(config)
  for (const name of path.split('.')) {
    if (setting.kind !== 'known') return setting
    setting = memberOf(setting.value, name)
  }
  return setting
}

/** The members of a list; undefined for what is none, or cannot be read. */
export function readList(value: unknown): readonly Setting[] | undefined {
  try {
    return Array.isArray(value) && value.length <= MAX_LIST ? Array.from(value, settingOf) : undefined
  } catch {
    return undefined
  }
}

/** Numbers, and text of digits as CloudFormation takes it. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined
}

/** Booleans, and their text. */
export function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === 'True') return true
  return value === 'false' || value === 'False' ? false : undefined
}

/** Sort a value: nothing, a function or a dynamic reference of CloudFormation, JSON text of an object, or itself. */
function settingOf(value: unknown): Setting {
  if (value === undefined || value === null) return ABSENT
  if (typeof value === 'string' && value.includes('{{resolve:')) return UNKNOWN
  try {
    return cloudFormationValue(value) ?? { kind: 'known', value: parsed(value) }
  } catch {
    return UNREADABLE
  }
}

function memberOf(value: unknown, name: string): Setting {
  if (typeof value !== 'object' || value === null) return UNREADABLE
  try {
    return Object.hasOwn(value, name) ? settingOf(Reflect.get(value, name)) : ABSENT
  } catch {
    return UNREADABLE
  }
}

/** `{ Ref: 'AWS::NoValue' }` removes the setting; any other function stands for a value. */
function cloudFormationValue(value: unknown): Setting | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const names = Object.keys(value)
  const [name = ''] = names
  if (names.length !== 1 || !(name === 'Ref' || name.startsWith('Fn::'))) return undefined
  return name === 'Ref' && Reflect.get(value, name) === 'AWS::NoValue' ? ABSENT : UNKNOWN
}

/** `RedrivePolicy` may be the text of a JSON object. */
function parsed(value: unknown): unknown {
  return typeof value === 'string' && /^\s*\{/.test(value) ? JSON.parse(value) : value
}
