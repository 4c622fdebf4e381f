import { graceMs } from './apply/await-identity.ts';
import { rehearseRows } from './apply/rehearse-rows.ts';
import { readIntoLedger } from './intake/read-book.ts';
import { endSeenOperations, runningOperations } from './ledger/operations.ts';
import { lastBook } from './ledger/books.ts';
import { earlierCounts } from './ledger/earlier-counts.ts';
import { takeDoneSteps } from './ledger/earlier-rows.ts';
import { planFacts } from './ledger/plan-facts.ts';
import { countInState } from './ledger/rows.ts';
import { setRunBook } from './ledger/runs.ts';
import { lastOpenWrites, provisionsInDoubt } from './ledger/steps.ts';
import { hasWords } from './ledger/words.ts';
import { askGoogle } from './plan/ask-google.ts';
import { NOT_ASKED, decideRows, type Answer, type DecideDeps } from './plan/decide-rows.ts';
import { estimate } from './plan/estimate.ts';
import { checkPinnedPlan } from './plan/pinned-plan.ts';
import { safetyFaults } from './plan/safety.ts';
import { planTable } from './reconcile/plan-table.ts';
import { settleEarlier } from './plan/settle-earlier.ts';
import { settleLeftInserts } from './plan/settle-inserts.ts';
import { createRowProgress } from './row-progress.ts';
import { openTheBook, type Job } from './run-job.ts';
import { requireSelected, timeStamp } from './run-messages.ts';
import { listWhole, snapshotOf } from './run-snapshot.ts';
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
      earlier: job.earlier,
    };
    await readIntoLedger(job.run, job.ledger, job.sealer, intake, (rows) => {
      progress.update(rows, 'rows');
    });
    job.book.digest = book.digest();
    const { digest } = job.book;
    // A part that has not read its book to the end has none of the steps: what it was told is told by the one before.
    job.ledger.transaction(() => {
      if (job.earlier !== undefined) takeDoneSteps(job.ledger, job.run);
      setRunBook(job.ledger, job.run, digest);
    });
    requireSelected(settings, job.selection);
  } finally {
    progress.end();
    job.earlier?.drop();
    await book.close();
  }
}

/**
 * Reads what Google has. A run that writes settles by it what earlier runs left in doubt: once their last write has
 * had its time to show, and by a whole listing.
 */
export async function snapshotStage(job: Job): Promise<void> {
  const { createMs, provisionMs } = lastOpenWrites(job.ledger, job.run);
  const settleMs = job.settings.settleSeconds * 1000;
  const shownAt = Math.max(
    (createMs ?? 0) + settleMs,
    (provisionMs ?? 0) + settleMs + graceMs(settleMs, job.settings.operationTimeoutSeconds * 1000),
  );
  if (createMs !== undefined || provisionMs !== undefined) await waitForEarlierWrites(job, shownAt);
  job.found.snapshot = await snapshotOf(job, createMs !== undefined);
  const at = timeStamp(job.deps.clock);
  const unlisted = new Set(job.found.snapshot.missingPartners.keys());
  const settled = job.mayWrite ? settleEarlier(job.ledger, job.run, at, unlisted) : 0;
  if (job.mayWrite) await settleInsertsStage(job);
  if (job.mayWrite) endSeenOperations(job.ledger, at);
  const { customers, isComplete } = job.found.snapshot;
  job.session.log('info', 'read what Google has', {
    customers,
    is_complete: isComplete,
    earlier_steps_settled: settled,
  });
}

/** The Reseller API has no list that would show a customer again whose row is gone: what is found is told at once. */
async function settleInsertsStage({ ledger, run, deps, settings, open, stop, session }: Job): Promise<void> {
  const settled = await settleLeftInserts(ledger, run, {
    reseller: open.gateway.reseller,
    clock: deps.clock,
    settleMs: settings.settleSeconds * 1000,
    onWait: (delayMs) => {
      deps.terminal.note(
        `an earlier run left an insert in doubt; it is looked up in ${duration(delayMs / 1000)}`,
      );
    },
    signal: stop.ending,
  });
  for (const customerId of settled.found) {
    const text = `an insert of an earlier run made ${customerId}, and no row that this run takes is about it`;
    deps.terminal.warn(`${text}: put its row back to finish it`);
    session.log('warn', 'a customer without a row', { customer: customerId });
  }
  if (settled.open > 0) {
    deps.terminal.warn(
      `${settled.open === 1 ? '1 insert' : `${settled.open} inserts`} of earlier runs cannot be told yet, and no row that this run takes is about them`,
    );
  }
}

async function waitForEarlierWrites({ deps, mayWrite, stop }: Job, shownAt: number): Promise<void> {
  const leftMs = shownAt - deps.clock.now();
  if (!mayWrite && leftMs <= 0) return;
  if (!mayWrite) {
    deps.terminal.note(
      'an earlier run left a write in doubt: apply settles it first, and then it may have less to do than this says',
    );
    return;
  }
  if (leftMs <= 0) return;
  deps.terminal.note(
    `an earlier run left a write in doubt; what came of it is looked up in ${duration(leftMs / 1000)}`,
  );
  await deps.clock.sleep(leftMs, stop.ending).catch(() => undefined);
  stop.ending.throwIfAborted();
}

/**
 * Decides every row: from the snapshot, where that leaves one open by asking Google about it, and where only a whole
 * listing can tell whether a customer is there already, from that.
 */
export async function decideStage(job: Job): Promise<void> {
  const { ledger, run, found, deps } = job;
  await decideRows(decideDepsOf(job));
  await askStage(job, NOT_ASKED);
  const left = countInState(ledger, run, 'open');
  if (left === 0) return;
  deps.terminal.note(
    `everything is listed: ${left === 1 ? '1 row' : `${left} rows`} would be created, and Google has no look-up by id`,
  );
  found.snapshot = await listWhole(job);
  // They are left because Google knows no Cloud Identity for them, or because they are to be created whatever it knows.
  await askStage(job, { identities: [] });
}

function decideDepsOf({ ledger, run, deps, found, mayWrite, stop }: Job): DecideDeps {
  const { snapshot } = found;
  return {
    run,
    ledger,
    missingPartners: new Set(snapshot?.missingPartners.keys()),
    refusedRows: snapshot?.refusedRows ?? new Map<number, never>(),
    isListed: snapshot?.isComplete ?? false,
    operations: runningOperations(ledger),
    provisionsInDoubt: provisionsInDoubt(ledger, run),
    remembersLinks: mayWrite,
    hasWords: hasWords(ledger),
    now: () => deps.clock.now(),
    signal: stop.ending,
  };
}

async function askStage(job: Job, known: Answer): Promise<void> {
  const { deps, settings, account } = job;
  const open = countInState(job.ledger, job.run, 'open');
  if (open === 0) return;
  const progress = deps.terminal.progress('asking Google', open);
  try {
    await askGoogle({
      ...decideDepsOf(job),
      account,
      reader: job.open.gateway.reader,
      reseller: job.open.gateway.reseller,
      directory: job.open.gateway.directory,
      clock: deps.clock,
      settleMs: settings.settleSeconds * 1000,
      concurrency: settings.concurrency,
      commonCauseRows: settings.commonCauseRows,
      known,
      onAsked: (rows) => {
        progress.update(rows, 'rows that are looked up');
      },
    });
  } finally {
    progress.end();
  }
}

/** What the plan comes to, held against the plan that was reviewed, if one was. */
export async function reviewStage(job: Job): Promise<void> {
  const { ledger, run, settings, found, book, session, request } = job;
  const facts = planFacts(ledger, run);
  const limits = safetyFaults(
    {
      counts: facts.safety,
      ...(job.before === undefined ? {} : { earlier: earlierCounts(ledger, run) }),
      customersAtGoogle: found.snapshot?.customers ?? 0,
      isCompleteListing: found.snapshot?.isComplete ?? false,
      rows: book.digest?.rows ?? facts.rows,
      lastRows: lastBook(ledger, session.bookName)?.rows,
    },
    settings.safety,
    settings.allow ?? {},
  );
  found.outlook = { facts, estimate: estimate(facts.steps, settings.quotas), limits };
  if (settings.plan !== undefined && request.command === 'apply') {
    await checkPinnedPlan(ledger, run, settings.plan, job.account, job.earlier !== undefined);
  }
}

/** The plan as a person reads it. */
export function outlookText(job: Job, paint: Job['deps']['terminal']['paint'], width: number): string {
  const { outlook } = job.found;
  return outlook === undefined
    ? ''
    : planTable(outlook.facts, outlook.estimate, outlook.limits, paint, width);
}

/** Ends what is planned as `planned`; under `--validate-only` with Google's verdict where there is one to be had. */
export async function rehearseStage(job: Job): Promise<void> {
  const { deps, ledger, run, settings, stop } = job;
  const progress = createRowProgress(
    deps.terminal,
    countInState(ledger, run, 'planned'),
    job.session.log,
    'checking',
  );
  try {
    await rehearseRows({
      run,
      ledger,
      reader: settings.validateOnly ? job.open.gateway.reader : undefined,
      concurrency: settings.concurrency,
      now: () => deps.clock.now(),
      signal: stop.ending,
      onRow: progress.onRow,
    });
  } finally {
    progress.end();
  }
}
