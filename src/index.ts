/**
 * What a program that uses this package can rely on: the emulator for its own tests, and the words and numbers
 * that reports and exit codes are made of.
 */
export type { Clock } from './clock.ts';
export { startEmulator, type Emulator, type EmulatorOptions } from './emulator/server.ts';
export { readWorld, WorldError, type World, type WorldInput, type WorldProblem } from './emulator/world.ts';
export { EXIT, type ExitCode } from './model/fatal.ts';
export { OUTCOMES, type OutcomeKind } from './model/outcome.ts';
