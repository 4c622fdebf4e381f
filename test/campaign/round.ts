import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, type Emulator } from '../../src/emulator/server.ts';
import { isWithoutReports, lastReports, type Reports } from './evidence.ts';
import {
  brokenByApplyingAgain,
  brokenByRun,
  brokenInTheEnd,
  brokenQuota,
  type Broken,
  type Scene,
} from './invariants.ts';
import { crashPreload, fasterClock, timePreload } from './preloads.ts';
import {
  createMoments,
  runProgram,
  type Moments,
  type Preload,
  type Program,
  type ProgramEnd,
} from './program.ts';
import { aStream, shuffled } from './randomness.ts';
import type { Cells, CampaignRow } from './rows.ts';
import { ACCOUNT, type CallPoint, type CommitPoint, type Scenario } from './scenario.ts';
import { serverWrites } from './server-log.ts';

/** What a round came to. */
export interface RoundReport {
  readonly seed: number;
  readonly kills: number;
  /** Times that the program was started. */
  readonly runs: number;
  readonly rows: number;
  /** Calls that a fault rule struck. */
  readonly faults: number;
  /** Writes that changed something at Google. */
  readonly effects: number;
  readonly broken: readonly Broken[];
  /** Commits at which the program was to be killed, and to which it never came. */
  readonly missed: readonly CommitPoint[];
  /** Where everything is left; removed again where nothing is broken. */
  readonly folder: string;
}

export interface RoundOptions {
  /** Folder of the program under test: `src`, package.json, node_modules. */
  readonly root: string;
  readonly keepFolder?: boolean;
  /** What the first run of the program loads first. */
  readonly firstPreloads?: readonly Preload[];
}

/** Runs that a round may take, after its last kill, until all is done: each may meet faults that are left. */
const MOST_RUNS = 8;
/** From this run on the server is well. */
const WELL_AGAIN = 4;

/** A run that could not read what Google has is gone on with, too. */
const UNREACHABLE = 69;

/** Killed between its last commit and its last report, a run is over, and its reports are written from the ledger. */
const REPORT = ['report'] as const;
const APPLY = ['apply', 'book.csv'] as const;
/** How a run that was killed is gone on with. */
const GO_ON = ['resume'] as const;

/** Plays a scenario: kills the program and goes on until all is done, and then holds everything against what must hold. */
export async function playRound(scenario: Scenario, options: RoundOptions): Promise<RoundReport> {
  const moments = createMoments();
  const refusal = Promise.withResolvers<undefined>();
  const emulator: Emulator = await startEmulator({
    world: scenario.world,
    clock: fasterClock(scenario.timeFactor),
    onCall: (call, moment) => {
      moments.note(call, moment);
      if (brokenQuota({ emulator }).length > 0) refusal.resolve(undefined);
    },
  });
  try {
    return await playAgainst(emulator, moments, refusal.promise, scenario, options);
  } finally {
    await emulator.close();
  }
}

async function playAgainst(
  emulator: Emulator,
  moments: Moments,
  refusal: Promise<undefined>,
  scenario: Scenario,
  options: RoundOptions,
): Promise<RoundReport> {
  const folder = mkdtempSync(join(tmpdir(), `channelbook-campaign-${scenario.seed}-`));
  const accessToken = `access-token-of-${scenario.seed}`;
  const { rows } = scenario;
  const scene: Scene = { rows, emulator, folder, accessToken };
  const program: Program = { root: options.root, folder, accessToken };
  writeFileSync(join(folder, 'channelbook.config.json'), JSON.stringify(scenario.config));
  writeBook(folder, rows);
  const { firstPreloads = [] } = options;
  const game: Game = {
    program,
    scene,
    moments,
    refusal,
    scenario,
    firstPreloads,
    kills: 0,
    runs: 0,
    missed: [],
  };
  const broken = await play(game);
  const effects = serverWrites(emulator, rows).filter(({ request }) => request.effect).length;
  if (broken.length === 0 && options.keepFolder !== true) rmSync(folder, { recursive: true, force: true });
  else writeFileSync(join(folder, 'server-log.json'), JSON.stringify(emulator.requests, null, 1));
  return {
    seed: scenario.seed,
    kills: game.kills,
    runs: game.runs,
    rows: rows.length,
    faults: emulator.requests.filter(({ fault }) => fault !== undefined).length,
    effects,
    broken,
    missed: game.missed,
    folder,
  };
}

interface Game {
  readonly program: Program;
  readonly scene: Scene;
  readonly moments: Moments;
  /** Resolves when the quota is exceeded: the program would only wait, and there is nothing left to prove. */
  readonly refusal: Promise<undefined>;
  readonly scenario: Scenario;
  readonly firstPreloads: readonly Preload[];
  kills: number;
  runs: number;
  readonly missed: CommitPoint[];
}

async function play(game: Game): Promise<readonly Broken[]> {
  const { scene } = game;
  let args = await playKills(game);
  let reports: Reports | undefined;
  for (let left = MOST_RUNS; left > 0; left -= 1) {
    if (left === MOST_RUNS - WELL_AGAIN) scene.emulator.clearFaults();
    const end = await run(game, args, undefined);
    if (isWithoutReports(scene.folder)) await run(game, REPORT, undefined);
    reports = lastReports(scene.folder);
    const refused = brokenQuota(scene);
    if (refused.length > 0) return refused;
    const isNothing = args === GO_ON && end.exitCode === 0 && reports === undefined;
    const found = isNothing ? [] : brokenByRun(scene, end.exitCode, reports);
    if (found.length > 0) return found;
    if (reports !== undefined && isAllDone(scene.rows, reports)) break;
    args = end.exitCode === UNREACHABLE ? GO_ON : APPLY;
  }
  if (reports === undefined) throw new Error('no run wrote any reports');
  const found = brokenInTheEnd(scene, reports);
  return found.length > 0 ? found : applyAgain(game);
}

/** Kills the program as often as the scenario says, or until it comes to its end; returns how to go on. */
async function playKills(game: Game): Promise<readonly string[]> {
  const random = aStream(game.scenario.seed, 'order');
  let args: readonly string[] = APPLY;
  for (const { at, thenApply = false, thenSorted = false } of game.scenario.kills) {
    const { wasKilled } = await run(game, args, at);
    if (!wasKilled && at.kind === 'commit') {
      game.missed.push(at);
      continue;
    }
    if (!wasKilled) return APPLY;
    game.kills += 1;
    args = thenApply ? APPLY : GO_ON;
    if (thenSorted) writeBook(game.scene.folder, shuffled(random, game.scene.rows));
  }
  return args;
}

async function run(
  game: Game,
  args: readonly string[],
  killedAt: CallPoint | CommitPoint | undefined,
): Promise<ProgramEnd> {
  const { program, scene, moments, scenario } = game;
  game.runs += 1;
  const common = ['--account', ACCOUNT, '--api-url', scene.emulator.url, '--yes', '--state', 'state'];
  return runProgram(
    program,
    [...args, ...common, ...scenario.flags],
    [
      ...timePreload(scenario.timeFactor),
      ...(game.runs === 1 ? game.firstPreloads : []),
      ...(killedAt?.kind === 'commit' ? [crashPreload(killedAt)] : []),
    ],
    killedAt?.kind === 'call' ? Promise.race([moments.after(killedAt), game.refusal]) : game.refusal,
  );
}

function isAllDone(rows: readonly CampaignRow[], { lines }: Reports): boolean {
  const outcomes = new Map(lines.map(({ key, outcome }) => [key, outcome]));
  return rows.every(({ key, ends }) => {
    const outcome = outcomes.get(key);
    return ends === 'well' ? outcome === 'done' || outcome === 'unchanged' : outcome === ends;
  });
}

async function applyAgain(game: Game): Promise<readonly Broken[]> {
  const { scene } = game;
  scene.emulator.clearFaults();
  const callsBefore = scene.emulator.requests.length;
  const end = await run(game, APPLY, undefined);
  const refused = brokenQuota(scene);
  if (refused.length > 0) return refused;
  const reports = lastReports(scene.folder);
  const found = brokenByRun(scene, end.exitCode, reports);
  if (found.length > 0 || reports === undefined) return found;
  return [...brokenByApplyingAgain(scene, callsBefore, reports), ...brokenInTheEnd(scene, reports)];
}

function writeBook(folder: string, rows: readonly CampaignRow[]): void {
  writeFileSync(join(folder, 'book.csv'), bookText(rows.map(({ cells }) => cells)));
}

function bookText(rows: readonly Cells[]): string {
  const header = [...new Set(rows.flatMap((cells) => Object.keys(cells)))];
  const lines = rows.map((cells) => header.map((name) => cells[name] ?? '').join(','));
  return [header.join(','), ...lines, ''].join('\n');
}
