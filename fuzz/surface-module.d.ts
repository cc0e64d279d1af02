declare module 'fuzz-surface' {
  export const surface: import('./surface.ts').Surface
}
