import { cpSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Invariant } from './invariants.ts';
import { aStream } from './randomness.ts';
import type { RowKind } from './rows.ts';
import { aScenario, rowsOf, type Scenario } from './scenario.ts';

/** A mistake that somebody might make, and a scenario in which it shows. */
export interface Mistake {
  readonly title: string;
  /** A text that stands in the file exactly once, and what stands there instead. */
  readonly file: string;
  readonly text: string;
  readonly mistake: string;
  /** What it breaks. */
  readonly breaks: Invariant;
  readonly scenario: Scenario;
  /** How many times as fast time passes for the program without the mistake, which waits where the mistaken one does not. */
  readonly timeFactorWithout?: number;
}

type Parts = Parameters<typeof aScenario>[2];

function scenarioOf(kinds: readonly RowKind[], parts: Parts): Scenario {
  const seed = 1;
  return aScenario(seed, rowsOf(kinds, aStream(seed, 'rows')), {
    ...parts,
    flags: ['--concurrency', '1', ...(parts.flags ?? [])],
  });
}

export const MISTAKES: readonly Mistake[] = [
  {
    title: 'a write is sent without an intent',
    file: 'src/ledger/steps.ts',
    text: 'export function commitIntent(ledger: LedgerDb, intent: Intent): void {\n',
    mistake:
      "export function commitIntent(ledger: LedgerDb, intent: Intent): void {\n  if (intent.kind === 'create') return;\n",
    breaks: 'intent',
    scenario: scenarioOf(['create', 'import', 'create'], {}),
  },
  {
    title: 'a create is sent again when its answer did not come in time',
    file: 'src/google/retry.ts',
    text: "  if (failure.effect === 'unknown' && !rules.repeatable) return GIVE_UP;\n",
    mistake: '',
    breaks: 'twice',
    scenario: scenarioOf(['create', 'create'], {
      faults: [{ method: 'customers.create', do: 'silence', afterEffect: true }],
    }),
  },
  {
    title: 'a create in doubt is looked up by a filter, which lags, instead of the whole listing',
    file: 'src/run-stages.ts',
    text: 'await snapshotOf(job, createMs !== undefined)',
    mistake: 'await snapshotOf(job, false)',
    breaks: 'twice',
    scenario: scenarioOf(['create-by-domain', 'create-by-domain'], {
      switches: { filterLagMs: 120_000 },
      flags: ['--snapshot', 'lookup'],
      kills: [
        {
          at: {
            kind: 'call',
            count: 1,
            of: { method: 'customers.create', moment: 'ended' },
            delayMs: 0,
          },
        },
      ],
    }),
  },
  {
    title: 'a create in doubt is settled without a new listing',
    file: 'src/apply/settle.ts',
    text: 'isListed ? await options.listAgain() : new Set<string>()',
    mistake: 'isListed ? new Set<string>() : await options.listAgain()',
    breaks: 'twice',
    scenario: scenarioOf(['create', 'create'], {
      faults: [{ method: 'customers.create', do: 'reset', afterEffect: true }],
    }),
  },
  {
    title: 'each process counts its own calls only against the quota',
    file: 'src/ledger/sends.ts',
    text: "guarded(() => select.all(bucket, Math.floor(sinceMs)).map((row) => Number(row['at_ms'])))",
    mistake: 'guarded(() => (sinceMs < 0 ? select.all(bucket, sinceMs) : []).map(() => 0))',
    breaks: 'quota',
    // A run lists once: the third within a minute is one too many.
    scenario: scenarioOf(['unchanged', 'unchanged'], {
      quotas: { 'channel.list': 2 },
      flags: ['--snapshot', 'list'],
      kills: [
        {
          at: { kind: 'call', count: 1, of: { method: 'customers.list', moment: 'ended' }, delayMs: 0 },
        },
      ],
    }),
    timeFactorWithout: 10,
  },
  {
    title: 'a row is done, and what was applied is advanced, before Google has confirmed it',
    file: 'src/apply/run-row.ts',
    text: "    closeStep(deps.ledger, place, 'in-doubt', failure.code, at);\n    return leaveInDoubt(run, failure, deps);\n",
    mistake: "    return commitEnding(run, endingOf(run, 'done', [], deps), deps);\n",
    breaks: 'lost',
    scenario: scenarioOf(['update', 'update'], {
      faults: [{ method: 'customers.patch', domain: 'r00.example.com', do: 'reset', count: 2 }],
    }),
  },
  {
    title: 'a row that was begun is carried over as done into the run that is resumed',
    file: 'src/ledger/earlier-rows.ts',
    text: '  return work === undefined ? undefined : { earlier: { ...earlier, work }, ending: undefined };\n',
    mistake:
      "  return work && { earlier: { ...earlier, work: undefined }, ending: { ...work, outcome: 'done', causes: [], checkedBy: 'google' } };\n",
    breaks: 'lost',
    scenario: scenarioOf(['import', 'import'], {
      faults: [{ method: 'customers.import', do: 'silence' }],
      kills: [
        {
          at: { kind: 'call', count: 1, of: { method: 'customers.import', moment: 'ended' }, delayMs: 0 },
        },
      ],
    }),
  },
];

/** Copies the program and makes the mistake in it; returns the folder of the copy. */
export function makeMistake(root: string, { file, text, mistake }: Mistake): string {
  const folder = mkdtempSync(join(tmpdir(), 'channelbook-mistake-'));
  cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(realpathSync(join(root, 'node_modules')), join(folder, 'node_modules'));
  const source = readFileSync(join(folder, file), 'utf8');
  const parts = source.split(text);
  if (parts.length !== 2) {
    throw new Error(
      `${file} has the text of this mistake ${parts.length - 1} times instead of once: ${text}`,
    );
  }
  writeFileSync(join(folder, file), parts.join(mistake));
  return folder;
}
