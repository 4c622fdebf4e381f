import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLedgerFile } from '../../src/ledger/open.ts';
import type { Order, Report } from './lock-contender.ts';

const CONTENDER = new URL('./lock-contender.ts', import.meta.url).pathname;
/** A disk in memory, where there is one: a thousand commits wait for nothing. */
const BASE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

interface Contender {
  readonly child: ChildProcess;
  readonly pid: number;
}

async function heard(child: ChildProcess): Promise<Report> {
  const [report] = (await once(child, 'message')) as [Report];
  return report;
}

async function tell({ child }: Contender, order: Order): Promise<Report> {
  const report = heard(child);
  child.send(order);
  return report;
}

async function newContender(): Promise<Contender> {
  const child = fork(CONTENDER, { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await heard(child);
  return { child, pid: child.pid ?? 0 };
}

async function killed({ child }: Contender): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Both are told at once; which of the two got the lock, and what each of them said. */
async function race(
  contenders: readonly Contender[],
  path: string,
  round: number,
): Promise<readonly Report[]> {
  return Promise.all(contenders.map((contender) => tell(contender, { kind: 'take', path, round })));
}

function claims(path: string): number {
  const { db } = openLedgerFile(path);
  const [count] = Object.values(db.prepare('SELECT count(*) FROM claims').get() ?? {});
  db.close();
  return Number(count);
}

describe('the lock under attack', () => {
  const ROUNDS = 1_000;
  const ROUNDS_OF_A_LEDGER = 10;
  const ROUNDS_BETWEEN_KILLS = 25;

  it('goes to one of two that start at once, a thousand times; the other is told of it by name', async () => {
    const folder = mkdtempSync(join(BASE, 'channelbook-race-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const contenders = [await newContender(), await newContender()];
    const surprises: unknown[] = [];
    let path = '';
    let dead: number | undefined;
    let takeovers = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      // Now and then it is a new ledger that both of them make.
      if (round % ROUNDS_OF_A_LEDGER === 0) path = join(folder, `${round}.sqlite`);
      const reports = await race(contenders, path, round);
      const winner = reports.findIndex(({ kind }) => kind === 'taken');
      const [taken, refused] = [reports[winner], reports[1 - winner]];
      const holder = contenders[winner];
      const named = `another run holds the account: run-${round} on ${hostname()}, pid ${holder?.pid}, since `;
      const isAsItShouldBe =
        taken?.kind === 'taken' &&
        taken.from?.pid === dead &&
        refused?.kind === 'refused' &&
        refused.exitCode === 75 &&
        refused.message.startsWith(named);
      if (!isAsItShouldBe) surprises.push({ round, dead, reports });
      dead = undefined;
      if (holder === undefined) continue;
      const isLastOfLedger = (round + 1) % ROUNDS_OF_A_LEDGER === 0;
      if (isLastOfLedger || round % ROUNDS_BETWEEN_KILLS !== 0) {
        await tell(holder, { kind: 'release' });
        if (isLastOfLedger && claims(path) !== ROUNDS_OF_A_LEDGER) surprises.push({ path });
        continue;
      }
      await killed(holder);
      dead = holder.pid;
      takeovers += 1;
      contenders[winner] = await newContender();
    }

    expect([surprises, takeovers]).toEqual([[], ROUNDS / ROUNDS_BETWEEN_KILLS]);
  }, 300_000);
});
