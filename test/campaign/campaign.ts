import { availableParallelism } from 'node:os';
import { playRound, type RoundOptions, type RoundReport } from './round.ts';
import { drawScenario } from './scenario.ts';

export interface CampaignOptions extends RoundOptions {
  /** Seed of the first round; each other has the next. */
  readonly seed: number;
  /** Rounds are begun until the program was killed so often. */
  readonly kills: number;
  /** Rounds at a time. */
  readonly jobs: number;
  readonly onRound?: (report: RoundReport) => void;
}

/** What a campaign came to. */
export interface CampaignReport {
  readonly rounds: number;
  readonly runs: number;
  readonly kills: number;
  readonly faults: number;
  readonly rows: number;
  readonly effects: number;
  /** Rounds in which something was broken. */
  readonly failed: readonly RoundReport[];
}

/** Rounds wait about as long as they work. */
export const USUAL_JOBS = availableParallelism() * 2;

/** Beside other tests, which have work for the processor, too. */
export const JOBS_IN_TESTS = availableParallelism() + 1;

/**
 * Plays rounds, several at a time, until the program was killed as often as asked.
 *
 * Which rounds are played hangs on how many kills hit: where rounds have fewer than they were to have, others follow.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const reports: RoundReport[] = [];
  let nextSeed = options.seed;
  let expected = 0;

  async function work(): Promise<void> {
    while (expected < options.kills) {
      const scenario = drawScenario(nextSeed);
      nextSeed += 1;
      expected += scenario.kills.length;
      const report = await playRound(scenario, options);
      expected -= scenario.kills.length - report.kills;
      reports.push(report);
      options.onRound?.(report);
    }
  }

  // A worker that finds nothing to do may be needed again when a round had fewer kills than it was to have.
  while (expected < options.kills) await Promise.all(Array.from({ length: options.jobs }, work));
  return summed(reports);
}

/** The figures of some rounds. */
export function summed(reports: readonly RoundReport[]): CampaignReport {
  function total(of: (report: RoundReport) => number): number {
    return reports.reduce((sum, report) => sum + of(report), 0);
  }
  return {
    rounds: reports.length,
    runs: total(({ runs }) => runs),
    kills: total(({ kills }) => kills),
    faults: total(({ faults }) => faults),
    rows: total(({ rows }) => rows),
    effects: total(({ effects }) => effects),
    failed: reports.filter(({ broken }) => broken.length > 0),
  };
}
