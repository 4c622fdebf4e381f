import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as channelbook from '../src/index.ts';
import type { Emulator, EmulatorOptions, ExitCode, OutcomeKind, World, WorldInput } from '../src/index.ts';

describe('the package', () => {
  it('has a source for the file that it promises', () => {
    const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(manifest).toMatchObject({
      exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    });
    expect(existsSync(new URL('../src/index.ts', import.meta.url))).toBe(true);
  });

  it('offers the emulator, worlds, exit codes and outcomes, and nothing else', () => {
    expect(Object.keys(channelbook).sort()).toEqual([
      'EXIT',
      'OUTCOMES',
      'WorldError',
      'readWorld',
      'startEmulator',
    ]);
  });

  it('starts an emulator with a world of the caller', async () => {
    const world: WorldInput = { account: 'C0abc' };
    const options: EmulatorOptions = { world };
    const emulator: Emulator = await channelbook.startEmulator(options);
    const served: World = emulator.world;
    await emulator.close();
    expect({ account: served.account, customers: emulator.customers() }).toEqual({
      account: 'C0abc',
      customers: [],
    });
  });

  it('says what is wrong with a world', async () => {
    await expect(channelbook.readWorld('/no/such/world.json')).rejects.toBeInstanceOf(channelbook.WorldError);
  });

  it('names how runs and rows end', () => {
    const code: ExitCode = channelbook.EXIT.ambiguous;
    const outcome: OutcomeKind | undefined = channelbook.OUTCOMES[0];
    expect({ code, outcome }).toEqual({ code: 4, outcome: 'done' });
  });
});
