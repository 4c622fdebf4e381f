import { basename, join, resolve } from 'node:path';
import type { Clock } from './clock.ts';
import type { Settings } from './config/options.ts';
import { openLog, type Log } from './log.ts';
import { toFatal, type ExitCode, type FatalError } from './model/fatal.ts';
import type { BookDigest } from './model/book.ts';
import type { WarningCount } from './model/warning-count.ts';
import { finalTable } from './reconcile/final-table.ts';
import { makeRunDirectory, newRunId, runDirectoryPath } from './reconcile/run-directory.ts';
import {
  summaryObject,
  type AtGoogle,
  type BucketUse,
  type NotificationCounts,
  type SummaryFacts,
} from './reconcile/summary.ts';
import { worstExitCode, type Tally } from './reconcile/tally.ts';
import { writeWholeFile } from './reconcile/whole-file.ts';
import { redactUrl } from './redact.ts';
import type { Terminal } from './terminal.ts';
import { programVersion } from './version.ts';

/** What a command brings to a run. */
export interface RunRequest {
  readonly command: string;
  readonly bookPath: string;
  readonly settings: Settings;
  /** `CHANNELBOOK_ACCESS_TOKEN`; a secret. */
  readonly accessToken: string | undefined;
  readonly configFile: string | undefined;
  readonly configWarnings: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Keys of the options that the command line gave. */
  readonly flags: ReadonlySet<string>;
}

export interface RunDeps {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly terminal: Terminal;
}

/** A run that has its name, directory and log; made before anything else can go wrong. */
export interface Session {
  readonly id: string;
  readonly directory: string;
  readonly bookPath: string;
  readonly bookName: string;
  readonly startedAt: string;
  readonly log: Log;
  /**
   * Writes summary.json, closes the log and shows the end. Returns the exit code, which is worse than that of `end`
   * where this fails.
   */
  finish(end: SessionEnd): Promise<ExitCode>;
}

export interface SessionEnd {
  readonly account: string | undefined;
  readonly digest: BookDigest | undefined;
  readonly tally: Tally;
  readonly buckets: Readonly<Partial<Record<string, BucketUse>>>;
  readonly warnings: readonly WarningCount[];
  readonly files: readonly string[];
  /** ISO 8601, as the ledger has it; now where it has none. */
  readonly finishedAt?: string;
  readonly exitCode: ExitCode;
  readonly stopped: FatalError | undefined;
  readonly atGoogle?: AtGoogle | undefined;
  readonly notifications?: NotificationCounts | undefined;
  readonly plan?: Readonly<Record<string, unknown>> | undefined;
  /** What is shown before the final table. */
  readonly outlook?: string | undefined;
}

/** What a run is called, and where it leaves its reports; nothing of it is made yet. */
export interface RunPlace {
  readonly id: string;
  readonly directory: string;
  readonly startedAt: string;
  readonly bookName: string;
  /** When it was taken up again, where it is resumed. */
  readonly resumedAt?: string;
}

/** The place of a new run. */
export function newPlace({ settings, bookPath }: RunRequest, { clock }: RunDeps): RunPlace {
  const id = newRunId(clock.now());
  return {
    id,
    directory: runDirectoryPath(settings.out, id),
    startedAt: new Date(clock.now()).toISOString(),
    bookName: settings.bookName ?? basename(resolve(bookPath)),
  };
}

/**
 * @param place of a run that is resumed, too: a directory that is gone is made again
 * @throws FatalError 73 when the run directory or the log cannot be made
 */
export async function openSession(
  request: RunRequest,
  deps: RunDeps,
  place: RunPlace = newPlace(request, deps),
): Promise<Session> {
  const { settings } = request;
  const { id, startedAt, bookName, resumedAt } = place;
  const directory = makeRunDirectory(place.directory);
  const runLog = openLog(settings.logFile ?? join(directory, 'log.ndjson'), settings.logLevel);
  const bookPath = resolve(request.bookPath);
  const ran = manifest(request, place);
  await writeWholeFile(join(directory, 'manifest.json'), ran);
  runLog.log('info', resumedAt === undefined ? 'run started' : 'run resumed', {
    run: id,
    command: request.command,
  });
  return {
    id,
    directory,
    bookPath,
    bookName,
    startedAt,
    log: runLog.log,
    async finish(end) {
      const facts: SummaryFacts = {
        ...end,
        run: id,
        command: request.command,
        bookPath,
        startedAt,
        finishedAt: end.finishedAt ?? new Date(deps.clock.now()).toISOString(),
        directory,
      };
      const summary = summaryObject(facts);
      const fault = await writeSummary(directory, summary, deps.terminal);
      runLog.log('info', 'run ended', { run: id, exit_code: end.exitCode });
      if (!(await runLog.close())) deps.terminal.warn('the log is incomplete: it could not be written');
      const files = [...end.files, ...(fault === undefined ? ['summary.json'] : []), 'manifest.json'];
      const table = [end.outlook ?? '', finalTable(facts, files, deps.terminal.paint)];
      await deps.terminal.result(
        settings.json ? JSON.stringify(summary) : table.filter((part) => part !== '').join('\n\n'),
      );
      const faults = [fault, deps.terminal.outputFault()].flatMap((found) => found ?? []);
      return worstExitCode([end.exitCode, ...faults.map(({ exitCode }) => exitCode)]);
    },
  };
}

async function writeSummary(
  directory: string,
  summary: unknown,
  terminal: Terminal,
): Promise<FatalError | undefined> {
  try {
    await writeWholeFile(join(directory, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
    return undefined;
  } catch (error) {
    const fault = toFatal(error);
    terminal.fail(fault.message, fault.next);
    return fault;
  }
}

/** What ran: versions, settings, waivers. Holds no secret: those are never settings. */
function manifest(request: RunRequest, { id, startedAt, bookName, resumedAt }: RunPlace): string {
  const { settings, accessToken } = request;
  const apiUrl = settings.apiUrl === undefined ? null : redactUrl(settings.apiUrl);
  const content = {
    run: id,
    command: request.command,
    channelbook: programVersion(),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    started_at: startedAt,
    ...(resumedAt === undefined ? {} : { resumed_at: resumedAt }),
    book_name: bookName,
    config_file: request.configFile ?? null,
    credentials: credentialsKind(settings, accessToken),
    settings: { ...settings, apiUrl, ...shownSmtp(settings.smtp) },
    waivers: settings.allow ?? {},
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** The mail server without whatever may hold its password. */
function shownSmtp(smtp: unknown): { readonly smtp?: unknown } {
  if (smtp === undefined) return {};
  if (typeof smtp !== 'object' || smtp === null) return { smtp: 'an address' };
  const { host, port, secure, user, from } = smtp as Readonly<Record<string, unknown>>;
  return { smtp: { host, port, secure, user, from } };
}

function credentialsKind(settings: Settings, accessToken: string | undefined): string {
  if (accessToken !== undefined) return 'access token';
  return settings.keyFile === undefined ? 'application default credentials' : 'service account key';
}
