/**
 * The writer's name in the footer: `<application> version <version> (build <hash>)`, as specified in parquet.thrift and
 * parsed by parquet-java. Readers look the version up among writers with known faults, and ignore statistics if they
 * cannot parse it. Follows package.json.
 */
export const CREATED_BY = 'millrace version 0.1.0 (build unknown)'
