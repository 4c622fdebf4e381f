import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { commitLogPreload } from './preloads.ts';
import { aStream } from './randomness.ts';
import { playRound, type RoundOptions, type RoundReport } from './round.ts';
import type { RowKind } from './rows.ts';
import { aScenario, rowsOf, type CommitPoint, type Scenario } from './scenario.ts';

/** The kind of row that stands for each action. */
export const ACTIONS = {
  import: 'import',
  'import and patch': 'import-and-patch',
  'create and provision': 'create-and-provision',
  provision: 'provision',
  update: 'update',
  onboard: 'onboard-with-language',
} as const satisfies Readonly<Record<string, RowKind>>;

export type ActionName = keyof typeof ACTIONS;

/** First, middle and last. */
const ROWS = [1, 2, 3] as const;

/** Three rows of one action, one after the other, so that the commits of the ledger come in the same order each time. */
function threeRows(action: ActionName, crashes: readonly CommitPoint[]): Scenario {
  const kind = ACTIONS[action];
  const seed = Object.keys(ACTIONS).indexOf(action);
  return aScenario(seed, rowsOf([kind, kind, kind], aStream(seed, 'rows')), {
    switches: { provisionDelayMs: 0, userWindowMs: 0, filterLagMs: 2_000 },
    flags: ['--concurrency', '1'],
    kills: crashes.map((at) => ({ at })),
  });
}

/** What each commit of the ledger changes, in words (`crash-at.ts`), of a run in which nothing happens. */
export async function commitsOf(action: ActionName, options: RoundOptions): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'channelbook-commits-'));
  const log = join(folder, 'commits');
  const round = await playRound(threeRows(action, []), {
    ...options,
    firstPreloads: [commitLogPreload(log)],
  });
  if (round.broken.length > 0) throw new Error(`without a crash: ${JSON.stringify(round.broken)}`);
  const commits = readFileSync(log, 'utf8').trimEnd().split('\n');
  rmSync(folder, { recursive: true });
  return commits;
}

/** Crashes right before and right after every commit of every action, each in a round of its own. */
export async function playEveryCrash(
  options: RoundOptions & { readonly jobs: number },
  onRound: (action: ActionName, crash: CommitPoint, round: RoundReport) => void,
): Promise<void> {
  const rounds = new PQueue({ concurrency: options.jobs });
  for (const action of Object.keys(ACTIONS) as readonly ActionName[]) {
    const commits = await commitsOf(action, options);
    for (const crash of everyCrash(commits.length)) {
      void rounds.add(async () => {
        for (const round of await playCrashes(action, [crash], options)) onRound(action, crash, round);
      });
    }
    await rounds.onIdle();
  }
}

function everyCrash(commits: number): readonly CommitPoint[] {
  return Array.from({ length: commits }, (_, index) => String(index + 1)).flatMap((commit) =>
    (['before', 'after'] as const).map((side): CommitPoint => ({ kind: 'commit', side, commit })),
  );
}

/**
 * The crashes around what `apply` writes down of a row: intents, ends of steps, and how the row ended. Each stands for one
 * in the first, the middle and the last row, that follow each other in one round.
 */
export function crashesOfRows(commits: readonly string[]): readonly (readonly CommitPoint[])[] {
  const words = new Set(
    commits.flatMap((line) => line.split(', ')).filter((word) => OF_FIRST_ROW.test(word)),
  );
  const waits = words.has('row 1 waiting');
  return [...words].flatMap((word) =>
    sidesOf(word, waits).map((side) => ROWS.map((row) => crash(side, word, row))),
  );
}

const OF_FIRST_ROW = /^step 1 |^row 1 (?:waiting|in-doubt|ended)$/;

/** Before an intent, and before the end of a row that waits for nothing, the ledger is as after the commit before. */
function sidesOf(word: string, waits: boolean): readonly CommitPoint['side'][] {
  if (word.endsWith(' intent')) return ['after'];
  return word.endsWith(' ended') && !waits ? ['after'] : ['before', 'after'];
}

function crash(side: CommitPoint['side'], word: string, row: number): CommitPoint {
  return { kind: 'commit', side, commit: word.replace(' 1 ', ` ${row} `) };
}

/**
 * Plays crashes one after the other in one round, and those that it never came to (rows overlap where one waits) each in a
 * round of its own.
 */
export async function playCrashes(
  action: ActionName,
  crashes: readonly CommitPoint[],
  options: RoundOptions,
): Promise<readonly RoundReport[]> {
  const round = await playRound(threeRows(action, crashes), options);
  if (crashes.length === 1) return [round];
  const alone = await Promise.all(round.missed.map((crash) => playCrashes(action, [crash], options)));
  return [round, ...alone.flat()];
}
