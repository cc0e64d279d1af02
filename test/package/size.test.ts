import { describe, expect, test } from 'vitest'
import { bundle, bundleSizes } from '../../scripts/bundle.ts'
import noted from './sizes.json' with { type: 'json' }

const TOLERANCE = 0.05
const CAPS: Readonly<Record<string, number>> = {
  'millrace/codecs + millrace/transform': 490_000,
  'millrace/events#S3EventSchema': 20_000,
  'millrace/send/sqs': 19_500,
  'millrace/send/sns': 20_000,
  'millrace/send/kinesis': 18_500,
  'millrace/send/firehose': 17_500,
  'millrace/send/eventbridge': 18_500,
  'millrace/send/dynamodb': 25_000,
  'millrace/limits': 15_500,
  'millrace/telemetry': 8_000,
}

const sizes = await bundleSizes()
const notedSizes: Readonly<Record<string, number>> = noted

describe('bundled and minified, without the AWS SDK', () => {
  test.each(Object.entries(CAPS))('%s stays below %i bytes', (modules, cap) => {
    expect(sizes[modules]).toBeLessThan(cap)
  })

  test.each(Object.keys(sizes))(
    '%s is within a twentieth of what sizes.json notes; where it is meant to change: npm run sizes',
    (modules) => {
      const before = notedSizes[modules] ?? 0
      expect(sizes[modules]).toBeGreaterThan(before * (1 - TOLERANCE))
      expect(sizes[modules]).toBeLessThan(before * (1 + TOLERANCE))
    },
  )

  test('the check of arguments, errors included, is under 4 kB', async () => {
    expect((await bundle(['./src/internal/check-arguments.ts'])).length).toBeLessThan(4000)
  })

  test('sizes.json notes nothing that is gone', () => {
    expect(Object.keys(notedSizes).filter((modules) => !(modules in sizes))).toEqual([])
  })
})
