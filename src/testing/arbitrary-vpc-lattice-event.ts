import fc from 'fast-check'
import type { VpcLatticeEvent } from '../events/index.ts'
import type { PayloadOption } from './arbitrary-payload.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { ACCOUNT, epochMs, plainRecord } from './event-parts.ts'
import { headers, httpBody, httpMethod, multiValues, path, texts } from './http-parts.ts'

/**
 * Requests through VPC Lattice, in both event structures.
 *
 * Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
 *
 * @param options.payload - the body, as text or base64: bytes and text unchanged, everything else as JSON.
 * @returns an arbitrary of events of `VpcLatticeEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryVpcLatticeEvent(), (event) => readRecords(event, bytesPayload())[0]?.payload.ok === true))
 */
export function arbitraryVpcLatticeEvent(options: PayloadOption = {}): fc.Arbitrary<VpcLatticeEvent> {
  checkArbitrary('arbitraryVpcLatticeEvent', options, ['payload'])
  const request = plainRecord({ path, method: httpMethod, headers, query: texts, body: httpBody(options, {}), epochMs })
  return fc
    .tuple(request, fc.boolean())
    .map(([{ path: at, method, headers: list, query, body, epochMs: ms }, isFirst]) => {
      const { isBase64Encoded, ...text } = body
      if (isFirst)
        return {
          raw_path: at,
          method,
          headers: list,
          query_string_parameters: query,
          ...text,
          is_base64_encoded: isBase64Encoded,
        }
      return {
        version: '2.0' as const,
        path: at,
        method,
        headers: multiValues(list),
        queryStringParameters: multiValues(query),
        ...text,
        isBase64Encoded,
        requestContext: {
          serviceNetworkArn: `arn:aws:vpc-lattice:eu-west-1:${ACCOUNT}:servicenetwork/sn-1`,
          serviceArn: `arn:aws:vpc-lattice:eu-west-1:${ACCOUNT}:service/svc-1`,
          targetGroupArn: `arn:aws:vpc-lattice:eu-west-1:${ACCOUNT}:targetgroup/tg-1`,
          region: 'eu-west-1',
          timeEpoch: `${ms}000`,
        },
      }
    })
}
