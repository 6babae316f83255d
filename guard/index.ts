// @hotshift/guard: the write permit of an application server. See README.md.
export { createGuard, type Guard, type GuardOptions, type Timers } from './guard.ts';
export { WriteOutcomeUnknownError, WriteRefusedError } from './errors.ts';
export type { Permit, RenewalAnswer } from './permit.ts';
export type { Surrender } from './surrender.ts';
