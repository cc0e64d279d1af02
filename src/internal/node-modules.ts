/**
 * The module `node:crypto`, loaded at its first use: that takes 5 ms of CPU time, which a handler that hashes nothing need not spend when it starts.
 * Later calls cost 50 ns.
 */
export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto')
}

/** The module `node:zlib`, loaded at its first use: that takes 1 ms of CPU time. Later calls cost 50 ns. */
export function nodeZlib(): typeof import('node:zlib') {
  return process.getBuiltinModule('node:zlib')
}
