import type { FaultInput } from '../../src/emulator/world.ts';
import { pick } from '../book/random.ts';
import { between, chance, type Random } from './randomness.ts';

const WRITES = [
  'customers.import',
  'customers.create',
  'customers.patch',
  'customers.provisionCloudIdentity',
  'reseller.customers.insert',
  'directory.customers.patch',
  'directory.users.insert',
  'directory.users.makeAdmin',
] as const;

const READS = [
  'customers.list',
  'customers.get',
  'operations.get',
  'checkCloudIdentityAccountsExist',
  'reseller.customers.get',
  'directory.users.get',
] as const;

/** The latest that an effect shows after its call left; what is in doubt is settled later than that. */
export const LATEST_MS = 1_400;

/** Every way in which a call may end without a certain answer, and those that only delay it. */
const FAULTS: readonly ((random: Random, method: string) => Partial<FaultInput>)[] = [
  () => ({ do: 'reset' }),
  () => ({ do: 'reset', afterEffect: true }),
  () => ({ do: 'silence' }),
  () => ({ do: 'silence', afterEffect: true }),
  () => ({ do: 'truncate' }),
  () => ({ status: 500, afterEffect: true }),
  () => ({ status: 502, afterEffect: true }),
  (_, method) => ({ status: 503, ...quotaWait(method) }),
  (_, method) => ({ status: 503, afterEffect: true, ...quotaWait(method) }),
  () => ({ status: 429, retryAfterSeconds: 1 }),
  (random) => ({ do: 'delay', delayMs: between(random, 100, 700) }),
  // Later than the program waits for an answer, and sooner than it settles what is in doubt.
  (random) => ({ do: 'delay', delayMs: between(random, 1_050, LATEST_MS) }),
];

/** Fault rules for a round. */
export function drawFaults(random: Random): readonly FaultInput[] {
  return Array.from({ length: between(random, 8, 18) }, (): FaultInput => {
    const method = chance(random, 80) ? pick(random, WRITES) : pick(random, READS);
    return { method, nth: 1 + random(3), ...pick(random, FAULTS)(random, method) };
  });
}

/** The Reseller API's 503 means quota: without a time of its own the program would wait many seconds. */
function quotaWait(method: string): Partial<FaultInput> {
  return method.startsWith('reseller.') ? { retryAfterSeconds: 1 } : {};
}
