/** Items in DynamoDB's own JSON, as a stream of orders has them. */
export type Image = Readonly<Record<string, AttributeValueJson>>

export type AttributeValueJson =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: string[] }
  | { readonly L: AttributeValueJson[] }
  | { readonly M: Record<string, AttributeValueJson> }

export interface ImagePair {
  readonly before: Image
  readonly after: Image
}

export interface StreamEvent {
  readonly Records: readonly { readonly dynamodb: { readonly OldImage: Image; readonly NewImage: Image } }[]
}

/** An order: 20 attributes, some of them nested, some 1.1 kB. */
export function order(n: number): Image {
  return {
    pk: { S: `CUSTOMER#${100_000 + n}` },
    sk: { S: `ORDER#2026-01-${10 + (n % 20)}T12:00:00.${100 + (n % 900)}Z` },
    orderId: { S: `6f1c2a44-8e0b-4c6e-9a53-${100_000_000_000 + n}` },
    status: { S: ['PENDING', 'PAID', 'SHIPPED'][n % 3] ?? '' },
    amount: { N: (19.99 + n / 100).toFixed(2) },
    tax: { N: '3.80' },
    quantity: { N: String(1 + (n % 9)) },
    currency: { S: 'EUR' },
    createdAt: { N: String(1_767_225_600_000 + n) },
    updatedAt: { N: String(1_767_225_700_000 + n) },
    version: { N: String(n) },
    isGift: { BOOL: n % 2 === 0 },
    coupon: { NULL: true },
    email: { S: `user${n}@example.com` },
    name: { S: 'Ada Lovelace' },
    notes: { S: 'Leave the parcel with the neighbour at number twelve, please, and ring twice.' },
    address: {
      M: { street: { S: 'Main Street 12' }, city: { S: 'Zurich' }, zip: { S: '8001' }, country: { S: 'CH' } },
    },
    items: {
      L: [
        { M: { sku: { S: `SKU-${n}` }, title: { S: 'Difference engine' }, qty: { N: '2' }, price: { N: '9.99' } } },
        { M: { sku: { S: 'SKU-77' }, title: { S: 'Punched cards' }, qty: { N: '1' }, price: { N: '4.50' } } },
      ],
    },
    tags: { SS: ['new', 'priority', 'web'] },
    score: { N: '0.8125' },
  }
}

/** 20 attributes, none nested, 1.1 kB. */
export function flat(n: number): Image {
  const { address: _, items: __, tags: ___, ...rest } = order(n)
  const line = { S: 'Leave the parcel with the neighbour at number twelve, please, and ring twice.' }
  return { ...rest, city: { S: 'Zurich' }, street: line, remark: line }
}

export function fiveAttributes(n: number): Image {
  return { id: { S: `a-${n}` }, n: { N: String(n) }, ok: { BOOL: true }, name: { S: 'Ada' }, amount: { N: '12.50' } }
}

/** Integers, prices and measurements. */
export function fiftyNumbers(n: number): Image {
  const text = (k: number): string =>
    [String(n * 50 + k), (n + k / 100).toFixed(2), (k * 1.5 + n / 1000).toFixed(4)][k % 3] ?? ''
  return Object.fromEntries(Array.from({ length: 50 }, (_, k) => [`m${k}`, { N: text(k) }]))
}

/** Lists in lists, 20 deep, each with ten values beside the next list. */
export function deepList(n: number): Image {
  let list: AttributeValueJson = { L: [{ N: String(n) }] }
  for (let depth = 0; depth < 20; depth++) {
    const values = Array.from({ length: 10 }, (_, k) => (k % 2 === 0 ? { S: `value ${k}` } : { N: String(n + k) }))
    list = { L: [...values, list] }
  }
  return { id: { S: `d-${n}` }, tree: list }
}

/** An order before and after three changes, one of them inside a map. */
export function orderChange(n: number): ImagePair {
  const before = order(n)
  const address = { M: { ...(before['address'] as { M: Record<string, AttributeValueJson> }).M, city: { S: 'Bern' } } }
  return { before, after: { ...before, status: { S: 'RETURNED' }, version: { N: String(n + 1_000_000) }, address } }
}

/** A flat item before and after two changes. */
export function flatChange(n: number): ImagePair {
  const before = flat(n)
  return { before, after: { ...before, status: { S: 'RETURNED' }, version: { N: String(n + 1_000_000) } } }
}

/** A Lambda event of ten orders changed. */
export function orderEvent(n: number): StreamEvent {
  const Records = Array.from({ length: 10 }, (_, k) => {
    const { before, after } = orderChange(n * 10 + k)
    return {
      eventID: `c4ca4238a0b923820dcc509a6f75${100_000 + n * 10 + k}`,
      eventName: 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-central-1',
      eventSourceARN: 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000',
      dynamodb: {
        ApproximateCreationDateTime: 1_767_225_600 + n,
        Keys: { pk: before['pk'], sk: before['sk'] },
        OldImage: before,
        NewImage: after,
        SequenceNumber: String(4_421_584_500_000_000_017_450_439_092n + BigInt(n * 10 + k)),
        SizeBytes: 2300,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    }
  })
  return { Records }
}

export const INPUTS = {
  order,
  flat,
  fiveAttributes,
  fiftyNumbers,
  deepList,
  flatChange,
  orderChange,
  orderEvent,
} as const
export type InputName = keyof typeof INPUTS
