import { countCustomers } from './ledger/remote.ts';
import { allPartners, namedPartners, openPartners } from './ledger/rows.ts';
import { hasOpenImports, openlyWritten } from './ledger/steps.ts';
import { linkText } from './plan/requests.ts';
import type { Job } from './run-job.ts';
import { readCustomers } from './snapshot/read-customers.ts';
import { listBeside, takeSnapshot, type Snapshot } from './snapshot/take-snapshot.ts';
import type { Progress } from './terminal.ts';

/**
 * Reads what Google has into the ledger, as `--snapshot` says; of what earlier runs left in doubt by means that do not lag,
 * whatever it says: a filtered list settles no write in doubt.
 *
 * @param hasOpenCreates whether a create is among it, which only a whole listing settles
 */
export async function snapshotOf(job: Job, hasOpenCreates: boolean): Promise<Snapshot> {
  const isWhole = hasOpenCreates || hasOpenImports(job.ledger, job.run);
  const snapshot = await look(job, isWhole);
  if (snapshot.isComplete) return snapshot;
  await readCustomers(openlyWritten(job.ledger, job.run), {
    reader: job.open.gateway.reader,
    ledger: job.ledger,
    signal: job.stop.ending,
  });
  return { ...snapshot, customers: countCustomers(job.ledger) };
}

async function look(job: Job, isWhole: boolean): Promise<Snapshot> {
  const { settings, deps, stop } = job;
  const named = namedPartners(job.ledger, job.run);
  let progress: Progress = deps.terminal.progress('listing', undefined);
  let isLookingUp = false;
  try {
    return await takeSnapshot(
      job.account,
      {
        mode: isWhole ? 'list' : settings.snapshot,
        run: job.run,
        partners: isWhole ? [...new Set([...named, ...openPartners(job.ledger, job.run)])] : named,
        identityOf: linkText,
        concurrency: settings.concurrency,
        commonCauseRows: settings.commonCauseRows,
      },
      {
        reader: job.open.gateway.reader,
        ledger: job.ledger,
        signal: stop.ending,
        now: () => deps.clock.now(),
        note: (text) => {
          deps.terminal.note(text);
        },
        onPage: (customers) => {
          progress.update(customers, 'customers at Google');
        },
        onLookUp: (rows, of) => {
          if (!isLookingUp) {
            progress.end();
            progress = deps.terminal.progress('looking up', of);
            isLookingUp = true;
          }
          progress.update(rows, 'rows at Google');
        },
      },
    );
  } finally {
    progress.end();
  }
}

/** Lists everything, with every partner that a row names: once more for writes in doubt, or where looking up will not do. */
export async function listWhole(job: Job): Promise<Snapshot> {
  const progress = job.deps.terminal.progress('listing', undefined);
  try {
    return await listBeside(job.account, allPartners(job.ledger, job.run), {
      reader: job.open.gateway.reader,
      ledger: job.ledger,
      signal: job.stop.ending,
      onPage: (customers) => {
        progress.update(customers, 'customers at Google');
      },
    });
  } finally {
    progress.end();
  }
}
