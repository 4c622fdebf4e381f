import type { CampaignReport } from './campaign.ts';
import type { RoundReport } from './round.ts';
import { drawScenario, type CommitPoint } from './scenario.ts';

/** A round in a line, and in some more where something is broken. */
export function roundText(round: RoundReport): string {
  const { seed, kills, runs, rows, faults, effects, broken, folder } = round;
  const line = `round ${seed}: ${rows} rows, ${runs} runs, ${kills} kills, ${faults} faults, ${effects} effects`;
  if (broken.length === 0) return `${line}, all holds`;
  return [
    `${line}, BROKEN`,
    ...broken.map(({ invariant, text }) => `  ${invariant}: ${text}`),
    `  replay: ${replayCommand(seed)}`,
    `  folder: ${folder}`,
  ].join('\n');
}

export function crashText(action: string, { side, commit }: CommitPoint): string {
  return `${action}, crashed ${side} commit ${commit} of the ledger`;
}

/** The round of that seed alone: a campaign that asks for as many kills as it is to have. */
export function replayCommand(seed: number): string {
  return `npm run campaign -- --seed ${seed} --kills ${drawScenario(seed).kills.length} --jobs 1`;
}

export function campaignText(report: CampaignReport): string {
  const { rounds, runs, kills, faults, rows, effects, failed } = report;
  const broken = failed.reduce((sum, round) => sum + round.broken.length, 0);
  return `${rounds} rounds, ${runs} runs, ${kills} kills, ${faults} faults struck, ${rows} rows, ${effects} effects, ${broken} invariants broken`;
}
