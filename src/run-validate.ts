import { openBook, type OpenBook } from './book/open-book.ts';
import { accountId } from './config/account.ts';
import { takeRows } from './intake/read-book.ts';
import { createSelection, type Selection } from './intake/selection.ts';
import { createWarningCounter, type WarningCounter } from './intake/warning-counter.ts';
import type { TakenRow } from './intake/intake.ts';
import type { BookDigest } from './model/book.ts';
import { EXIT, toFatal, type ExitCode, type FatalError } from './model/fatal.ts';
import type { ResultLine, RowEnding } from './model/row-ending.ts';
import { openRowReports, type RowReports } from './reconcile/reports.ts';
import {
  NO_QUESTIONS,
  assertConserved,
  createTally,
  exitCodeOf,
  worstExitCode,
  type Tally,
} from './reconcile/tally.ts';
import { requireSelected, showStop, showWarnings, timeStamp } from './run-messages.ts';
import { openSession, type RunDeps, type RunRequest, type Session } from './run-session.ts';
import { createValidator } from './validate/validator.ts';

/** `channelbook validate`: every row checked offline, in one pass; calls nothing and keeps nothing but its reports. */
export async function runValidate(
  request: RunRequest,
  deps: RunDeps,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { settings } = request;
  const account = settings.account === undefined ? undefined : accountId(settings.account);
  const session = await openSession(request, deps);
  const tally = createTally();
  const warnings = createWarningCounter();
  const selection = createSelection(settings);
  const end: ValidateEnd = { digest: undefined, files: [], stopped: undefined };
  try {
    await check({ request, deps, session, account, tally, warnings, selection, signal }, end);
  } catch (error) {
    end.stopped = toFatal(error);
  }
  const { stopped } = end;
  const codes = stopped === undefined ? [] : [stopped.exitCode];
  const exitCode = worstExitCode([...codes, exitCodeOf(tally, NO_QUESTIONS)]);
  showWarnings(deps.terminal, request.configWarnings, warnings.list(), selection.missing());
  const last = await session.finish({
    ...end,
    account,
    tally,
    buckets: {},
    warnings: warnings.list(),
    exitCode,
  });
  if (stopped !== undefined) showStop(deps.terminal, stopped);
  return last;
}

/** What is known of the run so far, filled in as it goes. */
interface ValidateEnd {
  digest: BookDigest | undefined;
  files: readonly string[];
  stopped: FatalError | undefined;
}

interface ValidateJob {
  readonly request: RunRequest;
  readonly deps: RunDeps;
  readonly session: Session;
  readonly account: string | undefined;
  readonly tally: Tally;
  readonly warnings: WarningCounter;
  readonly selection: Selection;
  readonly signal: AbortSignal;
}

async function check(job: ValidateJob, end: ValidateEnd): Promise<void> {
  const { settings } = job.request;
  const book = await openBook(job.session.bookPath, {
    encoding: settings.encoding,
    columns: settings.columns,
    action: settings.action,
  });
  try {
    const reports = await openRowReports(job.session.directory, book.header, job.tally);
    try {
      await checkRows(job, book, reports).catch((error: unknown) => {
        end.stopped = toFatal(error);
        // What was read is reported; an output that cannot be written is given up.
        if (isOutputFault(end.stopped)) throw end.stopped;
      });
      end.files = await reports.commit();
    } catch (error) {
      await reports.discard();
      throw error;
    }
    if (end.stopped === undefined) end.digest = book.digest();
  } finally {
    await book.close();
  }
}

function isOutputFault({ exitCode }: FatalError): boolean {
  return exitCode === EXIT.cannotWrite || exitCode === EXIT.disk;
}

async function checkRows(job: ValidateJob, book: OpenBook, reports: RowReports): Promise<void> {
  const { settings } = job.request;
  const progress = job.deps.terminal.progress('checking', undefined);
  const validate = createValidator({
    header: book.header,
    action: settings.action,
    overwrite: settings.overwrite,
    requireChannelPartner: settings.requireChannelPartner,
    now: job.deps.clock.now(),
    account: job.account,
  });
  let rowsRead = 0;
  try {
    const intake = {
      book,
      validate,
      selection: job.selection,
      warnings: job.warnings,
      clock: job.deps.clock,
    };
    for await (const taken of takeRows({ ...intake, signal: job.signal })) {
      rowsRead += taken.length;
      progress.update(rowsRead, 'rows');
      for (const row of taken) await reports.add(toLine(row, job.deps), row.book);
    }
  } finally {
    progress.end();
  }
  assertConserved(job.tally, book.digest().rows, reports.lines());
  requireSelected(settings, job.selection);
}

function toLine(row: TakenRow, deps: RunDeps): ResultLine {
  const { book, key, ending } = row;
  return { row: book.row, line: book.line, key, ending: ending ?? validEnding(row, deps) };
}

function validEnding({ checked }: TakenRow, deps: RunDeps): RowEnding {
  const note = checked.warnings.map(({ message, hint }) => `${message} ${hint}`).join(' | ');
  return {
    outcome: 'planned',
    action: checked.kind === 'valid' ? checked.customer.action : checked.action,
    causes: [],
    attempts: 0,
    calls: 0,
    checkedBy: 'local',
    finishedAt: timeStamp(deps.clock),
    changedFields: [],
    note: note === '' ? undefined : note,
  };
}
