/**
 * The writer as the footer names it: `<application> version <version> (build <hash>)`, as parquet.thrift asks and parquet-java parses it. Readers
 * look the version up among writers with known faults, and trust no statistics where they cannot read it. Follows package.json.
 */
export const CREATED_BY = 'millrace version 0.1.0 (build unknown)'
