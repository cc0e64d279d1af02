import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { manifest, ROOT } from './support/packed.ts'

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

describe('workflows', () => {
  const workflows = readdirSync(join(ROOT, '.github/workflows')).map((name) => `.github/workflows/${name}`)

  test('ci runs what every merge runs, on each Node that the package supports', () => {
    const ci = textOf('.github/workflows/ci.yml')
    expect(ci).toContain('- run: .ci/run')
    expect(/node: \[(.*)\]/.exec(ci)?.[1]?.split(', ')).toEqual(['20', '22', '24'])
    expect(manifest.engines.node).toMatch(/^>=20/)
  })

  test('.ci/run can be executed', () => {
    expect(statSync(join(ROOT, '.ci/run')).mode & 0o111).not.toBe(0)
  })

  test.each(workflows)('%s asks for no more rights than it needs, and ends', (file) => {
    const text = textOf(file)
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m)
    expect(text).not.toMatch(/contents: write|write-all|pull_request_target/)
    expect(text).toMatch(/timeout-minutes: \d+/)
  })
})

describe('issues', () => {
  test('of bugs ask for code, a small input and the version', () => {
    const fields = fieldsOf('.github/ISSUE_TEMPLATE/bug.yml')
    const required = fields.filter(({ isRequired }) => isRequired).map(({ id }) => id)
    expect(required).toEqual(expect.arrayContaining(['code', 'input', 'version']))
  })

  test('of vulnerabilities are not public', () => {
    expect(textOf('.github/ISSUE_TEMPLATE/config.yml')).toContain('/security/advisories/new')
    expect(textOf('SECURITY.md')).toContain('/security/advisories/new')
  })
})

/** The fields of an issue form. */
function fieldsOf(file: string): readonly { readonly id: string; readonly isRequired: boolean }[] {
  return textOf(file)
    .split(/^ {2}- type: /m)
    .slice(1)
    .map((field) => ({ id: /^ {4}id: (\w+)$/m.exec(field)?.[1] ?? '', isRequired: field.includes('required: true') }))
}
