/**
 * List the names in the note that esbuild writes for tools that look for exports of CommonJS in its text. Names that are
 * not identifiers, such as `delete`, have a value there and are left out.
 */
export function exportsOf(bundle: string): readonly string[] {
  const [, list = ''] = /\b0\s*&&\s*\(\s*module\.exports\s*=\s*\{([^{}]*)\}\s*\)/.exec(bundle.slice(-100_000)) ?? []
  return list.split(',').flatMap((name) => (name.includes(':') ? [] : name.trim()))
}
