import fc from 'fast-check'

// The first counterexample kills a mutant: nobody reads the smallest.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true })
