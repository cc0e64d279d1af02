/** Settings of the code under test that its users do not have. */
export const switches: {
  /** `on`: rows are read by a kernel however few they are; `off`: by the exact reader however many. */
  kernel: 'default' | 'on' | 'off'
} = { kernel: 'default' }
