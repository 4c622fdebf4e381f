import type { RunStop } from './apply/run-stop.ts';
import { requireAccount } from './config/account.ts';
import { usageFault } from './config/load.ts';
import { createEarlyLog, type EarlyLog } from './early-log.ts';
import { finishRun } from './ledger/runs.ts';
import { toFatal, type ExitCode, type FatalError } from './model/fatal.ts';
import type { RunRecord } from './model/run-record.ts';
import { openAccount, type OpenAccount } from './open-account.ts';
import { openPlan } from './plan/read-plan.ts';
import { accountFor, endWithoutRows } from './run-account.ts';
import { beginRun, mayWrite, startJob, type Job } from './run-job.ts';
import { attempt } from './run-faults.ts';
import { timeStamp } from './run-messages.ts';
import { watchDeadline } from './run-limits.ts';
import { mailSettings, openNotifier, type MailSettings } from './run-notify.ts';
import {
  newPlace,
  openSession,
  type RunDeps,
  type RunPlace,
  type RunRequest,
  type Session,
} from './run-session.ts';
import { decideStage, readStage, rehearseStage, reviewStage, snapshotStage } from './run-stages.ts';
import { applyStage, confirmStage } from './run-writes.ts';

/**
 * `channelbook apply` and `plan`: read → look → decide → write the decision down → act → account for it. `plan` and
 * `--validate-only` end before acting, and are built without anything that could write.
 *
 * Whatever ends it early, every row that was read has an outcome and the reports are written.
 */
export async function runApply(request: RunRequest, deps: RunDeps, stop: RunStop): Promise<ExitCode> {
  const account = requireAccount(request.settings);
  const ready = await makeReady(request, deps);
  const place = newPlace(request, deps);
  const early = createEarlyLog();
  let open: OpenAccount;
  try {
    const access = mayWrite(request) ? 'write' : 'read';
    open = await openAccount(request, account, place.id, early.log, deps, access);
  } catch (error) {
    const session = await openSession(request, deps, place);
    early.hand(session.log);
    return endWithoutRows(request, deps, session, account, toFatal(error));
  }
  return carryOut({ request, deps, stop, account, place, early, open, ...ready });
}

/** What is settled before a run has a directory or a lock. */
export interface Ready {
  readonly mails: MailSettings;
}

/** @throws FatalError 64, 66 or 78 for what could only be refused later */
export async function makeReady(request: RunRequest, deps: RunDeps): Promise<Ready> {
  requireConsent(request, deps);
  const mails = mailSettings(request);
  await requirePlanFile(request, deps);
  return { mails };
}

/** A run that may begin. */
export interface OpenRun extends Ready {
  readonly request: RunRequest;
  readonly deps: RunDeps;
  readonly stop: RunStop;
  /** Id without `accounts/`. */
  readonly account: string;
  readonly place: RunPlace;
  readonly early: EarlyLog;
  readonly open: OpenAccount;
  /** The run as it was left, where it is resumed. */
  readonly before?: RunRecord;
}

/** Begins the run, runs its stages, accounts for every row, and closes the account. */
export async function carryOut(given: OpenRun): Promise<ExitCode> {
  const { request, deps, account, open, stop, place, before } = given;
  let session: Session | undefined;
  let run: number | undefined;
  try {
    run = beginRun(request, open.ledger, place, before);
    session = await openSession(request, deps, place);
    given.early.hand(session.log);
    const job = startJob(request, deps, session, account, open, stop, run, before);
    await runStages(job, given.mails);
    return await accountFor(job);
  } catch (error) {
    // A run that is resumed has its reports: a summary of no rows beside them would be wrong.
    if (before !== undefined) throw error;
    if (run !== undefined) endUnbegun(open, run, toFatal(error), deps);
    session ??= await openSession(request, deps, place);
    return await endWithoutRows(request, deps, session, account, toFatal(error));
  } finally {
    await open.close();
  }
}

/** A run that failed before its first row is not one that was cut off. Where that cannot be written down, it is. */
function endUnbegun(
  { ledger }: OpenAccount,
  run: number,
  { exitCode }: FatalError,
  { clock }: RunDeps,
): void {
  attempt(() => {
    finishRun(ledger, run, 'stopped', timeStamp(clock), exitCode);
  }, []);
}

/** The stages, in order. Whatever goes wrong is the run's reason to stop; the rows are accounted for all the same. */
async function runStages(job: Job, mails: MailSettings): Promise<void> {
  const startedAt = new Date(job.deps.clock.now()).toISOString();
  const cancelDeadline = watchDeadline(job, job.settings, startedAt);
  try {
    await readStage(job);
    await snapshotStage(job);
    await decideStage(job);
    await reviewStage(job);
    if (!job.mayWrite) {
      await rehearseStage(job);
      return;
    }
    const notifier = await openNotifier(job, mails);
    await confirmStage(job);
    await applyStage(job, notifier);
  } catch (error) {
    job.stop.abort(toFatal(error));
  } finally {
    cancelDeadline();
  }
}

function requireConsent(request: RunRequest, { terminal }: RunDeps): void {
  if (request.settings.yes || !mayWrite(request) || terminal.canAsk) return;
  throw usageFault(
    'apply writes at Google and there is no terminal to ask on',
    'Add --yes to write without being asked, or look first with channelbook plan.',
  );
}

/** @throws FatalError 66 before anything is asked of Google, where the reviewed plan cannot be read */
async function requirePlanFile({ command, settings }: RunRequest, { terminal }: RunDeps): Promise<void> {
  if (settings.plan === undefined) return;
  if (command === 'apply') await openPlan(settings.plan);
  else terminal.warn('--plan is for apply: nothing is held against that file here');
}
