import { applyRows } from './apply/apply-rows.ts';
import { createOutage } from './apply/outage.ts';
import type { RowDeps } from './apply/run-row.ts';
import { DRAIN_MS } from './apply/run-stop.ts';
import { settle } from './apply/settle.ts';
import { readIntoLedger } from './intake/read-book.ts';
import { countRows, namedPartners, plannedActions, plannedCount } from './ledger/rows.ts';
import { setRunBook, setRunState } from './ledger/runs.ts';
import { closeEarlierSteps } from './ledger/steps.ts';
import { EXIT, FatalError } from './model/fatal.ts';
import { decideRows } from './plan/decide-rows.ts';
import { createRowProgress } from './row-progress.ts';
import { openTheBook, type Job } from './run-job.ts';
import { requireSelected, timeStamp } from './run-messages.ts';
import { takeSnapshot, type Snapshot } from './snapshot/take-snapshot.ts';
import { duration } from './terminal.ts';
import { createValidator } from './validate/validator.ts';

export async function readStage(job: Job): Promise<void> {
  const { settings, deps } = job;
  const progress = deps.terminal.progress('reading', undefined);
  const book = await openTheBook(job);
  job.book.header = book.header;
  try {
    const validate = createValidator({
      header: book.header,
      action: settings.action,
      overwrite: settings.overwrite,
      requireChannelPartner: settings.requireChannelPartner,
      now: deps.clock.now(),
      account: job.account,
    });
    const intake = {
      book,
      validate,
      selection: job.selection,
      warnings: job.warnings,
      clock: deps.clock,
      signal: job.stop.ending,
    };
    await readIntoLedger(job.run, job.ledger, job.sealer, intake, (rows) => {
      progress.update(rows, 'rows');
    });
    job.book.digest = book.digest();
    setRunBook(job.ledger, job.run, job.book.digest);
    requireSelected(settings, job.selection);
  } finally {
    progress.end();
    await book.close();
  }
}

/** Returns the channel partners that rows name and the account has no link to. */
export async function snapshotStage(job: Job): Promise<ReadonlySet<string>> {
  const snapshot = await listGoogle(job);
  const settled = closeEarlierSteps(job.ledger, job.run, timeStamp(job.deps.clock));
  job.session.log('info', 'listed', { customers: snapshot.customers, earlier_steps_settled: settled });
  return new Set(snapshot.missingPartners.keys());
}

async function listGoogle(job: Job): Promise<Snapshot> {
  const progress = job.deps.terminal.progress('listing', undefined);
  try {
    return await takeSnapshot(job.account, namedPartners(job.ledger, job.run), {
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

export function decideStage(job: Job, missingPartners: ReadonlySet<string>): Promise<void> {
  return decideRows({
    run: job.run,
    ledger: job.ledger,
    missingPartners,
    validateOnly: job.settings.validateOnly,
    now: () => job.deps.clock.now(),
    signal: job.stop.ending,
  });
}

export async function confirmStage({ deps, settings, ledger, run, stop }: Job): Promise<void> {
  const counts = plannedActions(ledger, run);
  const texts = Object.entries(counts).map(([action, rows]) => `${rows} ${action}`);
  if (settings.yes || texts.length === 0) return;
  if (await deps.terminal.ask(`Write at Google: ${texts.join(', ')}?`, stop.ending)) return;
  stop.ending.throwIfAborted();
  throw new FatalError(
    EXIT.refused,
    'run.declined',
    'not confirmed; nothing was written',
    'Type the same command again, or look first with --validate-only.',
  );
}

export async function applyStage(job: Job): Promise<void> {
  const { deps, settings, ledger, run, stop, open } = job;
  const total = plannedCount(ledger, run);
  setRunState(ledger, run, 'applying');
  const progress = createRowProgress(deps.terminal, total, job.session.log);
  const { reader } = open.gateway;
  const { writer } = open;
  if (writer === undefined) throw new Error('a run that may not write was told to apply');
  const rowDeps: RowDeps = {
    run,
    account: job.account,
    ledger,
    reader,
    writer,
    sealer: job.sealer,
    clock: deps.clock,
    stop,
    outage: createOutage(deps.clock, settings.outageMinutes, stop),
  };
  const cancelDrain = limitDraining(job);
  try {
    await applyRows(rowDeps, {
      concurrency: settings.concurrency,
      ...errorLimit(settings.maxErrors, countRows(ledger, run)),
      onRow: progress.onRow,
    });
    await settle(rowDeps, {
      settleMs: settings.settleSeconds * 1000,
      concurrency: settings.concurrency,
      listAgain: async () => {
        await listGoogle(job);
      },
      onWait: (rows, delayMs) => {
        const what = rows === 1 ? '1 write is in doubt; it is' : `${rows} writes are in doubt; they are`;
        deps.terminal.note(`${what} looked up in ${duration(delayMs / 1000)}`);
      },
      onRow: progress.onRow,
    });
  } finally {
    cancelDrain();
    progress.end();
  }
}

/** Once the run is ending, rows in flight have a while to finish; then nothing new is sent for them either. */
function limitDraining({ deps, stop, open }: Job): () => void {
  const control = new AbortController();
  function onEnding(): void {
    deps.clock.sleep(DRAIN_MS, control.signal).then(
      () => {
        open.gateway.stop(stop.reason);
      },
      () => undefined,
    );
  }
  stop.ending.addEventListener('abort', onEnding, { once: true });
  return () => {
    stop.ending.removeEventListener('abort', onEnding);
    control.abort();
  };
}

/** `--max-errors` as a number of rows: `5%` is of the book's rows, and at least one. */
function errorLimit(
  text: string | undefined,
  rows: number,
): { readonly maxErrors: number | undefined; readonly maxErrorsText: string } {
  if (text === undefined) return { maxErrors: undefined, maxErrorsText: '' };
  const number = Number(text.replace('%', ''));
  const limit = text.endsWith('%') ? Math.ceil((rows * number) / 100) : number;
  return { maxErrors: Math.max(1, limit), maxErrorsText: text };
}
