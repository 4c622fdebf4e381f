import type { FaultInput, WorldInput } from '../../src/emulator/world.ts';
import { pick } from '../book/random.ts';
import { drawFaults } from './faults.ts';
import { aStream, between, chance, shuffled, type Random } from './randomness.ts';
import { aRow, PARTNER, ROW_KINDS, type CampaignRow, type DrawnRow, type RowKind } from './rows.ts';

export const ACCOUNT = 'C012345';

/** When the program is killed, and how it is gone on with. */
export interface Kill {
  readonly at: CallPoint | CommitPoint;
  /** By `apply` instead of `resume`. */
  readonly thenApply?: boolean;
  /** With the book in another order. */
  readonly thenSorted?: boolean;
}

/** After so many signs of life at the server since the process was started (0: at once), and a little later. */
export interface CallPoint {
  readonly kind: 'call';
  /** Calls that arrived or ended. */
  readonly count: number;
  /** Only calls of this method, and only this moment of them. */
  readonly of?: { readonly method: string; readonly moment: 'arrived' | 'ended' };
  readonly delayMs: number;
}

/** Right before or after a commit of the ledger, as `crash-at.ts` tells them: by number or by words. */
export interface CommitPoint {
  readonly kind: 'commit';
  readonly side: 'before' | 'after';
  readonly commit: string;
}

/** Everything that a round is made of; the same for the same seed. */
export interface Scenario {
  readonly seed: number;
  readonly rows: readonly CampaignRow[];
  readonly world: WorldInput;
  readonly config: Readonly<Record<string, unknown>>;
  readonly flags: readonly string[];
  readonly kills: readonly Kill[];
  /** How many times as fast as usual time passes, for the program and the server alike. */
  readonly timeFactor: number;
}

const ROWS = { least: 8, most: 16 } as const;
const KILLS = { least: 3, most: 8 } as const;

/** Settings under which a round takes seconds: nothing of them is laxer than what a user may set. */
const FAST = {
  attempts: 2,
  settleSeconds: 1,
  callTimeoutSeconds: 1,
  operationTimeoutSeconds: 4,
  outageMinutes: 1,
  safety: { creates: 1000, imports: 1000, updates: 100, shrink: 100 },
} as const;

/** Calls per minute: at the server and in the program the same, so that one more than agreed is refused. */
const QUOTAS = {
  'channel.list': 1_200,
  'channel.other': 3_000,
  'channel.operations': 3_000,
  directory: 3_000,
  reseller: 3_000,
} as const;

/**
 * Quotas that all runs of a round together would exceed. Time passes faster there, for the program and the server alike, so
 * that a window is over within seconds; what the program waits for is that much longer.
 */
const TIGHT = {
  quotas: {
    'channel.list': 4,
    'channel.other': 30,
    'channel.operations': 40,
    directory: 30,
    reseller: 20,
  },
  config: { settleSeconds: 10, callTimeoutSeconds: 5, operationTimeoutSeconds: 20 },
  flags: ['--snapshot', 'list'],
  timeFactor: 5,
} as const;

export function drawScenario(seed: number): Scenario {
  const drawn = drawRows(seed, aStream(seed, 'rows'));
  const random = aStream(seed, 'world');
  const faults = drawFaults(aStream(seed, 'faults'));
  const isTight = seed % 6 === 5;
  return aScenario(seed, drawn, {
    ...(isTight ? { quotas: TIGHT.quotas, timeFactor: TIGHT.timeFactor } : {}),
    faults,
    switches: {
      latencyMs: random(25),
      filterLagMs: pick(random, [0, 1_000, 4_000]),
      provisionDelayMs: pick(random, [0, 100, 600]),
      provisionWhileRunning: pick(random, ['ABORTED', 'ALREADY_EXISTS', 'same']),
      userWindowMs: random(1_500),
      userWindowAnswer: 'mixed',
    },
    // As with the defaults (120 s and 60 s), longer than an answer may take.
    config: isTight
      ? TIGHT.config
      : { settleSeconds: faults.some(({ delayMs = 0 }) => delayMs > 1_000) ? 2 : 1 },
    flags: [
      '--concurrency',
      String(pick(random, [1, 2, 4, 8])),
      ...(isTight ? TIGHT.flags : ['--snapshot', pick(random, ['auto', 'list', 'lookup'])]),
    ],
    kills: drawKills(aStream(seed, 'kills'), drawn.length).slice(0, isTight ? KILLS.least : KILLS.most),
  });
}

/** A scenario of given rows, for what is drawn elsewhere or meant to hit one place. */
export function aScenario(
  seed: number,
  drawn: readonly DrawnRow[],
  parts: {
    readonly faults?: readonly FaultInput[];
    readonly switches?: WorldInput['switches'];
    readonly quotas?: Partial<Record<keyof typeof QUOTAS, number>>;
    readonly config?: Readonly<Record<string, unknown>>;
    readonly flags?: readonly string[];
    readonly kills?: readonly Kill[];
    readonly timeFactor?: number;
  },
): Scenario {
  const quotas = { ...QUOTAS, ...parts.quotas };
  return {
    seed,
    rows: drawn.map(({ row }) => row),
    world: {
      account: ACCOUNT,
      identities: drawn.flatMap(({ world }) => world.identities ?? []),
      customers: drawn.flatMap(({ world }) => world.customers ?? []),
      partnerLinks: [{ resellerCloudIdentityId: PARTNER, publicId: 'partner-public' }],
      quotas,
      faults: [...(parts.faults ?? [])],
      switches: { ...parts.switches },
    },
    config: { ...FAST, quotas, ...parts.config },
    flags: parts.flags ?? [],
    kills: parts.kills ?? [],
    timeFactor: parts.timeFactor ?? 1,
  };
}

/** Rows of the kinds named, each with a domain of its own. */
export function rowsOf(kinds: readonly RowKind[], random: Random): readonly DrawnRow[] {
  return kinds.map((kind, index) =>
    aRow(kind, { domain: `r${String(index).padStart(2, '0')}.example.com`, account: ACCOUNT, random }),
  );
}

function drawRows(seed: number, random: Random): readonly DrawnRow[] {
  const all = Object.keys(ROW_KINDS) as readonly RowKind[];
  const count = between(random, ROWS.least, ROWS.most);
  // Each seed begins elsewhere in the table: a campaign of any length has every kind about as often.
  const kinds = Array.from({ length: count }, (_, index) =>
    index < count / 2 ? all[(seed * 5 + index) % all.length] : pick(random, all),
  ).filter((kind) => kind !== undefined);
  return rowsOf(shuffled(random, kinds), random);
}

function drawKills(random: Random, rows: number): readonly Kill[] {
  return Array.from({ length: between(random, KILLS.least, KILLS.most) }, () => ({
    at: {
      kind: 'call',
      count: chance(random, 10) ? 0 : 1 + random(chance(random, 50) ? 10 : rows * 3),
      delayMs: chance(random, 70) ? random(12) : random(250),
    },
    thenApply: chance(random, 30),
    thenSorted: chance(random, 20),
  }));
}
