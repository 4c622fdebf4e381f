import { parseArgs } from 'node:util';
import { runCampaign, summed, USUAL_JOBS } from './campaign.ts';
import { playEveryCrash } from './crash-points.ts';
import { campaignText, crashText, roundText } from './report-text.ts';
import type { RoundReport } from './round.ts';

/*
 * `npm run campaign`: the program killed at random, or with --crash-points around every commit of its ledger, and gone on
 * with until all is done (docs/campaign.md). Exits 1 where something was broken.
 */

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    jobs: { type: 'string', default: String(USUAL_JOBS) },
    keep: { type: 'boolean', default: false },
    'crash-points': { type: 'boolean', default: false },
  },
});

function wholeNumber(flag: 'kills' | 'seed' | 'jobs'): number {
  const text = values[flag];
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${flag} must be a whole number, not ${text}`);
  return Number(text);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const options = {
  root: new URL('../..', import.meta.url).pathname,
  keepFolder: values.keep,
  jobs: wholeNumber('jobs'),
};
const rounds: RoundReport[] = [];

if (values['crash-points']) {
  await playEveryCrash(options, (action, crash, round) => {
    rounds.push(round);
    if (round.broken.length > 0) say(`${crashText(action, crash)}\n${roundText(round)}`);
  });
} else {
  const seed = wholeNumber('seed');
  say(`seed ${seed}`);
  await runCampaign({
    ...options,
    seed,
    kills: wholeNumber('kills'),
    onRound: (round) => {
      rounds.push(round);
      say(roundText(round));
    },
  });
}

const report = summed(rounds);
say(campaignText(report));
process.exitCode = report.failed.length === 0 ? 0 : 1;
