/** Packages published as ES modules only: the CommonJS build carries them, so that it never has to `require` an ES module. */
export const ES_ONLY = ['hyparquet', 'hyparquet-writer']
