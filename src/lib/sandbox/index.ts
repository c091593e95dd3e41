export type {SandboxEvent} from './events/event.ts'
export type {Fault, FaultKind, Plane, Rate, Rates, SetFault} from './hindrances.ts'
export type {
  SandboxSeed,
  SeedAccount,
  SeedIdentity,
  SeedImage,
  SeedRepository,
  SeedRole,
} from './seed-format.ts'
export {startSandbox} from './start.ts'
export type {Quotas} from './state/quotas.ts'
export type {Durations} from './time/durations.ts'
export type * from './types.ts'
