import { describe, expect, it } from 'vitest';
import { runCampaign, JOBS_IN_TESTS } from './campaign.ts';
import { roundText } from './report-text.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

describe('a campaign', () => {
  it('kills the program fifty times, and all holds', async () => {
    const report = await runCampaign({ root: ROOT, seed: 1, kills: 50, jobs: JOBS_IN_TESTS });

    expect(report.failed.map(roundText)).toEqual([]);
    expect(report.kills).toBeGreaterThanOrEqual(50);
    expect(report.faults).toBeGreaterThan(20);
    expect(report.effects).toBeGreaterThan(50);
  }, 600_000);
});
