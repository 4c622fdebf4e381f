import type { Clock } from '../clock.ts';

import { createFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import { createQuotas } from './quotas.ts';
import type { Quotas } from './quotas.ts';
import { seedOperations } from './settle.ts';
import { State } from './state.ts';
import { seedUsers } from './tenant-users.ts';
import { createTokenDesk } from './tokens.ts';
import type { TokenDesk } from './tokens.ts';
import type { World } from './world.ts';

/** Everything that starts afresh when the emulator is reset. */
export interface Session {
  readonly world: World;
  readonly clock: Clock;
  readonly state: State;
  readonly quotas: Quotas;
  readonly faults: Faults;
  readonly tokens: TokenDesk;
}

export function createSession(world: World, clock: Clock): Session {
  const state = new State(world, clock);
  seedUsers(state, world.users);
  seedOperations(state, world.operations);
  return {
    world,
    clock,
    state,
    quotas: createQuotas(world.quotas, clock),
    faults: createFaults(world.faults),
    tokens: createTokenDesk(world.switches, clock),
  };
}
