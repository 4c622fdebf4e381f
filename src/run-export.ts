import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CsvWriter } from './book/csv-writer.ts';
import { headerNames, inOrder } from './export/columns.ts';
import { createExport } from './export/export-row.ts';
import { createExportTally, type ExportTally } from './export/export-tally.ts';
import { customerPages } from './ledger/remote-pages.ts';
import { lookAtAccount, type LookedAt } from './look-at-account.ts';
import { EXIT, FatalError, type ExitCode } from './model/fatal.ts';
import { readAccount, type AccountAccess } from './read-account.ts';
import type { RunDeps, RunRequest } from './run-session.ts';

/** Signals and the lock's renewal get their turn in between. */
const ROWS_AT_A_TIME = 100;

/** Where the exported book goes: a file, or standard output. */
export interface ExportOutput extends CsvWriter {
  /** The file, as the user named it; undefined for standard output. */
  readonly file: string | undefined;
  /** True once nobody reads any more: the rest need not be written. */
  readonly isClosed: () => boolean;
}

/**
 * `channelbook export`: what Google has, as a book that applied again finds every row `unchanged`. Changes nothing at
 * Google and leaves no run directory.
 *
 * @param openOutput called before anything is sent, so that a place that cannot be written is known at once
 * @returns 0, or 1 where customers may be missing or a row could not be made valid
 */
export async function runExport(
  request: RunRequest,
  deps: RunDeps,
  signal: AbortSignal,
  openOutput: () => Promise<ExportOutput>,
): Promise<ExitCode> {
  const { settings } = request;
  const names = headerNames(settings.columns);
  const output = await openOutput();
  try {
    return await readAccount(request, deps, async (access) => {
      const found = await lookAtAccount(access, settings.partner, deps.terminal, signal);
      const tally = createExportTally();
      const job: ExportJob = { request, deps, signal, access, found, output, tally };
      await writeBook(names, job);
      return tell(job);
    });
  } catch (error) {
    await output.discard();
    throw error;
  }
}

interface ExportJob {
  readonly request: RunRequest;
  readonly deps: RunDeps;
  readonly signal: AbortSignal;
  readonly access: AccountAccess;
  readonly found: LookedAt;
  readonly output: ExportOutput;
  readonly tally: ExportTally;
}

/** Streams the snapshot, sorted by resource name, so that two exports of the same customers are the same file. */
async function writeBook(names: readonly string[], job: ExportJob): Promise<void> {
  const { request, deps, signal, access, found, output, tally } = job;
  const toRow = createExport({
    account: access.account,
    partners: found.partners,
    now: deps.clock.now(),
  });
  await output.write(names);
  for (const page of customerPages(access.ledger, request.settings.partner)) {
    for (const candidate of page) {
      const row = toRow(candidate, tally.rows() + 1);
      tally.add(row, candidate.customer.name);
      await output.write(inOrder(row.cells));
      if (tally.rows() % ROWS_AT_A_TIME === 0) await nextTurn();
    }
    signal.throwIfAborted();
    if (output.isClosed()) break;
  }
  await output.commit();
  const fault = deps.terminal.outputFault();
  if (fault !== undefined) throw cannotWrite(fault);
}

function cannotWrite({ exitCode, code, message }: FatalError): FatalError {
  return new FatalError(
    exitCode,
    code,
    message,
    'Make room or name another place with --to, then export again.',
  );
}

async function tell({ request, deps, access, found, output, tally }: ExportJob): Promise<ExitCode> {
  const { settings } = request;
  const { missingPartners } = found;
  const { terminal } = deps;
  if (output.isClosed()) return EXIT.ok;
  for (const warning of tally.warnings(settings.requireChannelPartner)) terminal.warn(warning);
  if (missingPartners.length > 0) {
    terminal.fail(
      `the export may lack customers of ${missingPartners.join(', ')}: Google refuses to list them`,
      'channelbook partners shows the state of each link. Do not take this export for the whole account.',
    );
  }
  if (settings.json) {
    await terminal.result(
      JSON.stringify({
        account: access.account,
        customers: tally.rows(),
        file: output.file ?? null,
        cells_left_out: tally.cellsLeftOut(),
        missing_partners: missingPartners,
      }),
    );
  } else {
    const place = output.file === undefined ? '' : ` to ${output.file}`;
    terminal.note(
      `${tally.rows()} ${tally.rows() === 1 ? 'customer' : 'customers'} of ${access.account} written${place}`,
    );
  }
  const fault = terminal.outputFault();
  if (fault !== undefined) return fault.exitCode;
  return missingPartners.length > 0 || tally.faultyRows() > 0 ? EXIT.rows : EXIT.ok;
}
