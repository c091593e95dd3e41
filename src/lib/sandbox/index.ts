export type {SandboxSeed, SeedAccount, SeedImage, SeedRepository, SeedRole} from './seed-format.ts'
export {startSandbox} from './start.ts'
export type * from './types.ts'
