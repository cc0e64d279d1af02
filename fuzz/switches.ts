/** Settings of the code under test that its users do not have. */
export const switches: {
  /** `on`: rows are read by a kernel however few they are; `off`: by the exact reader however many. */
  kernel: 'default' | 'on' | 'off'
  /** Kernels that the case at hand has taken. */
  readonly kernels: { leave(): void }[]
} = { kernel: 'default', kernels: [] }

/** Make the kernels of a case that is over free for the next one. */
export function leaveKernels(): void {
  for (const kernel of switches.kernels) kernel.leave()
  switches.kernels.length = 0
}
