import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeMistake, MISTAKES } from './mistakes.ts';
import { playRound } from './round.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

describe.concurrent('a campaign', () => {
  for (const mistake of MISTAKES) {
    it(`tells when ${mistake.title}`, async () => {
      const wrong = makeMistake(ROOT, mistake);
      const { scenario, timeFactorWithout: timeFactor = 1 } = mistake;
      const bad = await playRound(scenario, { root: wrong });
      const good = await playRound({ ...scenario, timeFactor }, { root: ROOT });
      rmSync(wrong, { recursive: true });
      rmSync(bad.folder, { recursive: true, force: true });

      expect(bad.broken.map(({ invariant }) => invariant)).toContain(mistake.breaks);
      expect(good.broken).toEqual([]);
    }, 300_000);
  }
});
