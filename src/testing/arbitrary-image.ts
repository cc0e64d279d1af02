import fc from 'fast-check'
import type { AttributeValue, Image } from '../cdc/index.ts'
import { isInDynamoDBRange } from '../cdc/number-text.ts'
import { checkChoice } from '../internal/check-choice.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { anyText } from './event-parts.ts'

export interface ImageOptions {
  /** Texts of numbers; by default all spellings of numbers that DynamoDB accepts. */
  readonly numbers?: fc.Arbitrary<string>
  /** Base64 as Lambda delivers it, the default, or bytes as the SDK does. */
  readonly binary?: 'base64' | 'bytes'
  /** The most attributes of an image. Default 5. */
  readonly maxKeys?: number
}

/** Names of attributes, including those of inherited properties. */
const attributeName = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 'id', 'price') },
  { weight: 2, arbitrary: anyText(8) },
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'S', 'N', '0', ''),
)

/**
 * Items in DynamoDB's own JSON: attributes of every type, nested ones too, with any names. Numbers have up to 38 digits
 * in all spellings of their value; sets have at least one member, without duplicates.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 *
 * @returns an arbitrary of images that `deserializeImage` accepts.
 * @example
 * fc.assert(fc.property(arbitraryImage(), (image) => detectImageChanges(image, image).length === 0))
 */
export function arbitraryImage(options: ImageOptions = {}): fc.Arbitrary<Image> {
  checkArbitrary('arbitraryImage', options, ['numbers', 'binary', 'maxKeys'])
  checkChoice('arbitraryImage: binary', options.binary ?? 'base64', ['base64', 'bytes'])
  const { maxKeys = 5 } = options
  return fc.dictionary(attributeName, arbitraryAttribute(options), { maxKeys, ...PLAIN })
}

/** One value of an image. */
export function arbitraryAttribute(options: ImageOptions = {}): fc.Arbitrary<AttributeValue> {
  const { numbers = arbitraryNumberText(), binary = 'base64' } = options
  const bytes = fc.uint8Array({ maxLength: 12 })
  const binaries = bytes.map((each) => (binary === 'bytes' ? each : Buffer.from(each).toString('base64')))
  const set = <T>(member: fc.Arbitrary<T>, selector: (member: T) => unknown = String): fc.Arbitrary<T[]> =>
    fc.uniqueArray(member, { minLength: 1, maxLength: 4, selector })
  const { value } = fc.letrec<{ value: AttributeValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      // Half of all attributes are texts and numbers, as in most tables.
      { weight: 4, arbitrary: fc.record({ S: fc.oneof(fc.constantFrom('', 'a', 'b', '1', '1.0'), anyText()) }, PLAIN) },
      { weight: 4, arbitrary: fc.record({ N: numbers }, PLAIN) },
      fc.record({ B: binaries }, PLAIN),
      fc.record({ BOOL: fc.boolean() }, PLAIN),
      fc.constant({ NULL: true }),
      fc.record({ SS: set(fc.oneof(fc.constantFrom('a', 'b', 'c'), anyText())) }, PLAIN),
      fc.record({ NS: set(numbers, Number) }, PLAIN),
      fc.record({ BS: set(binaries) }, PLAIN),
      fc.record({ L: fc.array(tie('value'), { maxLength: 4 }) }, PLAIN),
      fc.record({ M: fc.dictionary(attributeName, tie('value'), { maxKeys: 4, ...PLAIN }) }, PLAIN),
    ),
  }))
  return value
}

/** Objects as created by `JSON.parse`. */
const PLAIN = { noNullPrototype: true }

/** Numbers that DynamoDB accepts, in all spellings of JSON: small ones that repeat, doubles, up to 38 digits, 1E-130 to 9.99E+125. */
export function arbitraryNumberText(): fc.Arbitrary<string> {
  const digits = (max: number): fc.Arbitrary<string> => fc.bigInt({ min: 0n, max: 10n ** BigInt(max) - 1n }).map(String)
  const sign = fc.constantFrom('', '', '-')
  const fraction = fc.stringMatching(/^[0-9]{1,18}$/)
  const exponent = fc
    .tuple(fc.constantFrom('e', 'E', 'e+', 'E+', 'e-', 'E-'), fc.nat(60))
    .map(([mark, power]) => mark + power)
  const join = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
    fc.tuple(...parts).map((each) => each.join(''))
  const spellings = fc.oneof(
    fc.constantFrom(
      '0',
      '-0',
      '0.0',
      '1',
      '1.0',
      '1E0',
      '10e-1',
      '0.1',
      '9007199254740991',
      '9007199254740992',
      '9007199254740993',
      '-9007199254740993',
      '0.30000000000000004',
      '0.13582479362138638',
      '1E-130',
      '1e21',
      '9.99E+125',
    ),
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => String(value)),
    // Of 15 to 18 digits, where doubles end: some are exact, and the others have neighbours.
    fc
      .tuple(fc.double({ min: 1e-6, max: 1e15, noNaN: true }), fc.integer({ min: 15, max: 18 }))
      .map(([value, digits]) => value.toPrecision(digits)),
    join(sign, digits(38)),
    join(sign, digits(18), fc.constant('.'), fraction),
    join(sign, digits(18), fc.constant('.'), fraction, exponent),
    join(sign, digits(9), exponent),
  )
  return spellings.filter(isInDynamoDBRange)
}
