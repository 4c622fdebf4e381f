import PQueue from 'p-queue';
import { describe, expect, it } from 'vitest';
import { JOBS_IN_TESTS } from './campaign.ts';
import { ACTIONS, commitsOf, crashesOfRows, playCrashes, type ActionName } from './crash-points.ts';

const OPTIONS = { root: new URL('../..', import.meta.url).pathname };

/** Over all actions. */
const rounds = new PQueue({ concurrency: JOBS_IN_TESTS });

describe.concurrent('a run that ends by a crash around a commit of the ledger', () => {
  for (const action of Object.keys(ACTIONS) as readonly ActionName[]) {
    it(`loses nothing and repeats nothing of the first, middle and last row to ${action}`, async () => {
      const commits = await rounds.add(() => commitsOf(action, OPTIONS));
      const crashes = crashesOfRows(commits);
      const played = await Promise.all(
        crashes.map((points) => rounds.add(() => playCrashes(action, points, OPTIONS))),
      );
      const reports = played.flat();

      const broken = reports.flatMap((report) =>
        report.broken.map(({ text }) => `${report.folder}: ${text}`),
      );
      const kills = reports.reduce((sum, report) => sum + report.kills, 0);
      expect([broken, kills]).toEqual([[], crashes.flat().length]);
      expect(crashes.length).toBeGreaterThanOrEqual(4);
    }, 600_000);
  }
});
