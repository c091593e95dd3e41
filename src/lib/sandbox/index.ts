export type {SandboxSeed} from './seed-format.ts'
export {startSandbox} from './start.ts'
export type * from './types.ts'
