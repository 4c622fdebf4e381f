import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openBook, type OpenBook } from './book/open-book.ts';
import { requireAccount } from './config/account.ts';
import type { LedgerDb } from './ledger/ledger.ts';
import { livingHolder, busy } from './ledger/lock.ts';
import { countRows, resultLines, type OpenRow } from './ledger/rows.ts';
import { reportedPart } from './ledger/parts.ts';
import { listRuns } from './ledger/runs.ts';
import { EXIT, FatalError, type ExitCode } from './model/fatal.ts';
import type { BookHeader } from './model/book.ts';
import type { RowEnding } from './model/row-ending.ts';
import type { RunRecord } from './model/run-record.ts';
import { openEnding, vanishedEnding } from './open-ending.ts';
import { accountForRows } from './reconcile/account-for-rows.ts';
import { DUPLICATES_FILE, rewriteDuplicates } from './reconcile/duplicates.ts';
import { finalTable } from './reconcile/final-table.ts';
import { keptFacts } from './reconcile/kept-facts.ts';
import { ORPHANS_FILE, rewriteOrphans } from './reconcile/orphans.ts';
import { writePlan, writeUndo } from './reconcile/plan-files.ts';
import { openRowReports } from './reconcile/reports.ts';
import { makeRunDirectory } from './reconcile/run-directory.ts';
import { summaryObject, type SummaryFacts } from './reconcile/summary.ts';
import {
  NO_QUESTIONS,
  assertConserved,
  createTally,
  exitCodeOf,
  worstExitCode,
  type Tally,
} from './reconcile/tally.ts';
import { writeUndoPlan } from './reconcile/undo-report.ts';
import { VANISHED_FILE, writeVanished } from './reconcile/vanished.ts';
import { writeWholeFile } from './reconcile/whole-file.ts';
import { isResumable, resumedSettings } from './resumable.ts';
import { resumeCommand } from './resume-command.ts';
import { namedRun, unknownRun, withLedger } from './run-ledger.ts';
import { BOOK_CHANGED, timeStamp } from './run-messages.ts';
import type { RunDeps, RunRequest } from './run-session.ts';
import { createSealer } from './seal.ts';
import { programVersion } from './version.ts';

/**
 * `channelbook report [run]`: a run's reports, the latest's where none is named, written again from the ledger.
 * Calls nothing and changes nothing but the run's directory, which is made where it is gone.
 *
 * @param request whose `bookPath` is the name of the run, or empty
 * @throws FatalError 64 where there is no such run, 73 or 74, 75 while the run is under way
 */
export async function runReport(request: RunRequest, deps: RunDeps): Promise<ExitCode> {
  const account = requireAccount(request.settings);
  for (const warning of request.configWarnings) deps.terminal.warn(warning);
  return withLedger(request, account, async (ledger) => {
    const name = request.bookPath;
    if (ledger === undefined) throw unknownRun(name, account, []);
    const [latest] = name === '' ? listRuns(ledger, 1) : [];
    const run = latest ?? namedRun(ledger, name, account);
    const holder = livingHolder(ledger.db, ledger.path, deps.clock.now());
    if (holder?.run === run.id) throw busy(holder);
    const { facts, files } = await rewriteReports(run, { ledger, request, deps, account });
    const shown = request.settings.json
      ? JSON.stringify(summaryObject(facts))
      : finalTable(facts, files, deps.terminal.paint);
    await deps.terminal.result(shown);
    return deps.terminal.outputFault()?.exitCode ?? EXIT.ok;
  });
}

/** What the reports of an ended run are written from. */
export interface ReportDeps {
  readonly ledger: LedgerDb;
  readonly request: RunRequest;
  readonly deps: RunDeps;
  /** Id without `accounts/`. */
  readonly account: string;
}

export interface Rewritten {
  readonly facts: SummaryFacts;
  readonly files: readonly string[];
}

/** @throws FatalError 70, 73 or 74 */
export async function rewriteReports(whole: RunRecord, given: ReportDeps): Promise<Rewritten> {
  const { ledger, request, deps, account } = given;
  const run = reportedPart(ledger, whole);
  const directory = makeRunDirectory(run.directory);
  const reason = killedReason(run, request);
  const at = timeStamp(deps.clock);
  const tally = createTally();
  const rows = await writeRows(
    run,
    directory,
    tally,
    given,
    (open) => open.doubt ?? openEnding(open, reason, at),
  );
  const isUndo = run.command === 'undo';
  const plan = isUndo
    ? await writeUndoPlan(directory, ledger, run.seq)
    : await writePlan(directory, ledger, run.seq, account);
  const undo = await writeUndo(directory, ledger, whole.seq);
  const found = [
    { name: ORPHANS_FILE, count: await rewriteOrphans(directory, ledger, run.seq) },
    { name: DUPLICATES_FILE, count: await rewriteDuplicates(directory, ledger, run.seq) },
    {
      name: VANISHED_FILE,
      count: await writeVanished(directory, ledger, run.seq, (row) => vanishedEnding(row, at)),
    },
  ].flatMap(({ name, count }) => (count > 0 ? [name] : []));
  const facts = factsOf(run, tally, directory, reason, account);
  await writeWholeFile(join(directory, 'summary.json'), `${JSON.stringify(summaryObject(facts), null, 2)}\n`);
  await writeMissingManifest(run, directory);
  return { facts, files: [...rows, ...plan, ...undo, ...found, 'summary.json', 'manifest.json'] };
}

/** Why rows of a run have no end that never came to its own; undefined where it did. */
function killedReason(run: RunRecord, request: RunRequest): FatalError | undefined {
  if (run.finishedAt !== undefined) return undefined;
  const next = isResumable(run)
    ? `Go on with ${resumeCommand(run.id, request)}: what is done is known and is not sent twice.`
    : 'Type the command again.';
  return new FatalError(EXIT.tryAgain, 'run.killed', 'the process of the run died', next);
}

/**
 * results.csv and errors.csv of the rows that a run had when it was interrupted, where it was resumed and its book could
 * not be read. Returns the names of the files.
 *
 * @throws FatalError 70, 73 or 74
 */
export function writeEarlierRows(
  before: RunRecord,
  directory: string,
  tally: Tally,
  given: ReportDeps,
): Promise<readonly string[]> {
  const reason = killedReason(before, given.request);
  const at = timeStamp(given.deps.clock);
  const run = reportedPart(given.ledger, before);
  return writeRows(run, directory, tally, given, (open) => open.doubt ?? openEnding(open, reason, at));
}

async function writeRows(
  run: RunRecord,
  directory: string,
  tally: Tally,
  { ledger, request, deps }: ReportDeps,
  endingOf: (open: OpenRow) => RowEnding,
): Promise<readonly string[]> {
  const { encoding, columns, action } = resumedSettings(request.settings, run, request.flags);
  function reopen(): Promise<OpenBook> {
    return openBook(run.bookPath, { ...(encoding === undefined ? {} : { encoding }), columns, action });
  }
  const header = run.command === 'undo' ? undefined : await headerOf(reopen);
  const reports = await openRowReports(directory, header, tally);
  try {
    if (run.command === 'undo') {
      for (const line of resultLines(ledger, run.seq, endingOf)) await reports.add(line, undefined);
    } else {
      const isWhole = await accountForRows({
        run: run.seq,
        ledger,
        reports,
        header,
        reopen,
        sha256: run.bookSha256,
        bookPath: run.bookPath,
        sealer: createSealer(),
        endingOf,
      });
      tellOfBook(run, header, isWhole, tally, deps);
    }
    assertConserved(tally, countRows(ledger, run.seq), reports.lines());
    return await reports.commit();
  } catch (error) {
    await reports.discard();
    throw error;
  }
}

/** Undefined where the book is gone or can no longer be read. */
async function headerOf(reopen: () => Promise<OpenBook>): Promise<BookHeader | undefined> {
  try {
    const book = await reopen();
    await book.close();
    return book.header;
  } catch (error) {
    if (error instanceof FatalError) return undefined;
    throw error;
  }
}

function tellOfBook(
  { bookPath }: RunRecord,
  header: BookHeader | undefined,
  isWhole: boolean,
  tally: Tally,
  { terminal }: RunDeps,
): void {
  const outcomes = tally.outcomes();
  const bad = (['invalid', 'blocked', 'failed', 'ambiguous', 'unprocessed'] as const).some(
    (kind) => (outcomes[kind] ?? 0) > 0,
  );
  if (header === undefined && bad)
    terminal.warn(`errors.csv is not written: its cells are the book's, and ${bookPath} cannot be read`);
  if (!isWhole) terminal.warn(BOOK_CHANGED);
}

function factsOf(
  run: RunRecord,
  tally: Tally,
  directory: string,
  reason: FatalError | undefined,
  account: string,
): SummaryFacts {
  const kept = keptFacts(run.summary);
  const { bookSha256: sha256, bookBytes: bytes, rows } = run;
  const isWhole = sha256 !== undefined && bytes !== undefined && rows !== undefined;
  return {
    ...kept,
    stopped: kept.stopped ?? reason,
    run: run.id,
    command: run.command,
    account,
    bookPath: run.bookPath,
    digest: isWhole ? { sha256, bytes, rows } : undefined,
    tally,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    exitCode: exitCodeOfRun(run, tally, kept.atGoogle?.duplicates ?? 0),
    directory,
  };
}

/** Of a run that came to its end, what it ended with, unless a person has settled rows since. */
function exitCodeOfRun({ state, exitCode, settings }: RunRecord, tally: Tally, duplicates: number): ExitCode {
  if (state !== 'finished') return (exitCode ?? EXIT.tryAgain) as ExitCode;
  const failOnDrift = settings['failOn'] === 'drift';
  const byRows = exitCodeOf(tally, { ...NO_QUESTIONS, failOnDrift, duplicates });
  const stored = (exitCode ?? EXIT.ok) as ExitCode;
  return stored === EXIT.ambiguous ? byRows : worstExitCode([stored, byRows]);
}

/** A run directory that is gone takes its manifest along; the ledger knows less of it. */
async function writeMissingManifest(run: RunRecord, directory: string): Promise<void> {
  const path = join(directory, 'manifest.json');
  if (existsSync(path)) return;
  const content = {
    run: run.id,
    command: run.command,
    started_at: run.startedAt,
    book_name: run.bookName,
    settings: run.settings,
    waivers: run.settings['allow'] ?? {},
    written_again_by: `channelbook ${programVersion()}`,
  };
  await writeWholeFile(path, `${JSON.stringify(content, null, 2)}\n`);
}
