import { expect, test } from 'vitest'
import type { Exported } from '../../site/reference/convert.ts'
import { guidesOf } from '../../site/reference/guides.ts'
import { referencePage } from '../../site/reference/page.ts'

const exported: Exported = {
  name: 'fill',
  home: 'millrace/transform',
  specifiers: ['millrace/transform', 'millrace'],
  source: 'src/transform/fill.ts',
  isType: false,
}
const RAW = `# fill()

\`\`\`ts
function fill(options: FillOptions): Transform;
\`\`\`

Defined in: [src/transform/fill.ts:3](https://example.com/fill.ts#L3)

Fill \`null\` by a [value](/reference/transform/types/Fill).

## Parameters

| Parameter | Type |
| ------ | ------ |
| \`options\` | [\`FillOptions\`](/reference/transform/types/FillOptions) |

## Throws

MillraceError \`COLUMN_UNKNOWN\` where a column
  is not there; \`OPTION_INVALID\` for no value.

## Example

\`\`\`ts
fill({ a: 1 })
\`\`\`
`

test('a page of the reference has the import, options, errors one by one, laws, guides and source', () => {
  const page = referencePage(RAW, {
    exported,
    laws: [{ file: 'test/transform/fill.laws.test.ts', anchor: 'fill', laws: ['fill: a < b, and *all*'] }],
    guides: [{ title: 'Transforms', route: '/transforms' }],
    propertiesOf: (route) => (route.endsWith('/FillOptions') ? '| Property |\n| --- |\n| `a` |\n' : undefined),
  })
  expect(page).toContain('description: "Fill null by a value."')
  expect(page).toContain("import { fill } from 'millrace/transform'\n```\n\nAlso exported by `millrace`.")
  expect(page).toContain('### [FillOptions](/reference/transform/types/FillOptions)\n\n| Property |')
  expect(page).toContain(
    '- `COLUMN_UNKNOWN` where a column is not there\n- `OPTION_INVALID` for no value.\n\n## Example',
  )
  expect(page).toContain('## What this promises\n\n- fill: a \\< b, and \\*all\\*\n')
  expect(page).toContain('[transform/fill](/laws#fill)')
  expect(page).toContain(
    '- Guides: [Transforms](/transforms)\n- Source: [src/transform/fill.ts:3](https://example.com/fill.ts#L3)',
  )
  expect(page).not.toContain('Defined in')
})

test('a page of a type imports it as one, and one without laws does not speak of any', () => {
  const page = referencePage('# Fill\n\nA value.\n', {
    exported: { ...exported, name: 'Fill', isType: true },
    laws: [],
    guides: [],
    propertiesOf: () => undefined,
  })
  expect(page).toContain("import type { Fill } from 'millrace/transform'")
  expect(page).not.toMatch(/promises|See also/)
})

test('the guides of an export are those that name it in code, most first', () => {
  const guides = [
    { title: 'A', route: '/a', text: 'fill in prose, `refill` and `a.fill`' },
    { title: 'B', route: '/b', text: 'one `fill`' },
    { title: 'C', route: '/c', text: '```ts\nfill(fill())\n```\n' },
  ]
  expect(guidesOf(exported, guides).map(({ title }) => title)).toEqual(['C', 'B'])
})
