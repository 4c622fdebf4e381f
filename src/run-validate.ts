import { openBook } from './book/open-book.ts';
import { accountId } from './config/account.ts';
import { takeRows } from './intake/read-book.ts';
import { createSelection } from './intake/selection.ts';
import { createWarningCounter } from './intake/warning-counter.ts';
import type { TakenRow } from './intake/intake.ts';
import { FatalError, type ExitCode } from './model/fatal.ts';
import type { ResultLine, RowEnding } from './model/row-ending.ts';
import { openRowReports } from './reconcile/reports.ts';
import { assertConserved, createTally, exitCodeOf, worstExitCode } from './reconcile/tally.ts';
import { showStop, showWarnings, timeStamp } from './run-messages.ts';
import { openSession, type RunDeps, type RunRequest } from './run-session.ts';
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
  const progress = deps.terminal.progress('checking', undefined);
  const book = await openBook(session.bookPath, {
    ...(settings.encoding === undefined ? {} : { encoding: settings.encoding }),
    columns: settings.columns,
    action: settings.action,
  }).catch(asFatal);
  const header = book instanceof FatalError ? undefined : book.header;
  const reports = await openRowReports(session.directory, header, tally);
  let stopped: FatalError | undefined = book instanceof FatalError ? book : undefined;
  let rowsRead = 0;
  try {
    if (book instanceof FatalError) throw book;
    const validate = createValidator({
      header: book.header,
      action: settings.action,
      overwrite: settings.overwrite,
      requireChannelPartner: settings.requireChannelPartner,
      now: deps.clock.now(),
      account,
    });
    const intake = { book, validate, selection, warnings, clock: deps.clock, signal };
    for await (const taken of takeRows(intake)) {
      rowsRead += taken.length;
      progress.update(rowsRead, 'rows');
      for (const row of taken) await reports.add(toLine(row), row.book);
    }
  } catch (error) {
    stopped = asFatal(error);
  } finally {
    progress.end();
    if (!(book instanceof FatalError)) await book.close();
  }
  const files = await reports.commit();
  assertConserved(tally, rowsRead, reports.lines());
  const exitCode = worstExitCode([
    ...(stopped === undefined ? [] : [stopped.exitCode]),
    exitCodeOf(tally, false),
  ]);
  const digest = stopped === undefined && !(book instanceof FatalError) ? book.digest() : undefined;
  showWarnings(deps.terminal, request.configWarnings, warnings.list(), selection.missing());
  await session.finish({
    account,
    digest,
    tally,
    buckets: {},
    warnings: warnings.list(),
    files,
    exitCode,
    stopped,
  });
  if (stopped !== undefined) showStop(deps.terminal, stopped);
  return exitCode;

  function toLine(row: TakenRow): ResultLine {
    return { row: row.book.row, line: row.book.line, key: row.key, ending: row.ending ?? validEnding(row) };
  }

  function validEnding({ checked }: TakenRow): RowEnding {
    return {
      outcome: 'planned',
      action: checked.kind === 'valid' ? checked.customer.action : checked.action,
      causes: [],
      attempts: 0,
      calls: 0,
      checkedBy: 'local',
      finishedAt: timeStamp(deps.clock),
      changedFields: [],
      note: checked.warnings.map(({ message, hint }) => `${message} ${hint}`).join(' | ') || undefined,
    };
  }
}

/** A fatal error as a value; anything else is a bug and goes on up. */
function asFatal(error: unknown): FatalError {
  if (error instanceof FatalError) return error;
  throw error;
}
