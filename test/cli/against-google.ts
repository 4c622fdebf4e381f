import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { systemClock, type Clock } from '../../src/clock.ts';
import { startEmulator, type Emulator } from '../../src/emulator/server.ts';
import type { WorldInput } from '../../src/emulator/world.ts';
import { ACCOUNT } from '../emulator/harness.ts';

/** An emulator for one test. Its clock is the real one, as that of the program is, unless a test moves it. */
export async function google(world: WorldInput, clock: Clock = systemClock): Promise<Emulator> {
  const emulator = await startEmulator({ world, clock });
  onTestFinished(() => emulator.close());
  return emulator;
}

/** Resolves once it holds. Between the looks the program under test has the processor. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(5);
}

/** The command line of an import against the emulator. */
export function applying(emulator: Emulator, book: string, ...more: readonly string[]): readonly string[] {
  const flags = ['--action', 'import', '--account', ACCOUNT, '--api-url', emulator.url, '--yes'];
  return ['apply', book, ...flags, ...more];
}

export function domains(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `customer${index}.example.com`);
}

/** The writes that arrived, by method. */
export function writes(emulator: Emulator): readonly string[] {
  return emulator.requests
    .filter(({ method }) => method === 'customers.import' || method === 'customers.patch')
    .map(({ method }) => method);
}
