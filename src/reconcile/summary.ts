import type { Bucket } from '../model/bucket.ts';
import type { BookDigest } from '../model/book.ts';
import type { ExitCode, FatalError } from '../model/fatal.ts';
import type { WarningCount } from '../model/warning-count.ts';
import type { Tally } from './tally.ts';

/** What a bucket's calls came to. */
export interface BucketUse {
  readonly calls: number;
  /** Seconds during which at least one call waited for quota. */
  readonly waitedSeconds: number;
  /** Most calls in any 60 seconds. */
  readonly largestWindow: number;
}

export interface SummaryFacts {
  readonly run: string;
  readonly command: string;
  readonly account: string | undefined;
  readonly bookPath: string;
  /** Undefined where the book was not read to its end. */
  readonly digest: BookDigest | undefined;
  readonly tally: Tally;
  readonly buckets: Readonly<Partial<Record<Bucket, BucketUse>>>;
  readonly warnings: readonly WarningCount[];
  readonly startedAt: string;
  /** Undefined where the run was killed. */
  readonly finishedAt: string | undefined;
  readonly exitCode: ExitCode;
  /** Why the run ended before its last row. */
  readonly stopped: Pick<FatalError, 'code' | 'message' | 'next'> | undefined;
  readonly directory: string;
  /** What Google has beside the book; undefined where it was not looked at. */
  readonly atGoogle?: AtGoogle | undefined;
  /** What became of the messages for new customers; undefined where there were none. */
  readonly notifications?: NotificationCounts | undefined;
  /** What the plan came to (see `planSummary`). */
  readonly plan?: Readonly<Record<string, unknown>> | undefined;
}

/** Messages for new customers: all of them are written, and with a mail server sent, or to be sent by the next run. */
export interface NotificationCounts {
  readonly written: number;
  readonly sent: number;
  readonly failed: number;
}

/** Counts of what a listing showed. */
export interface AtGoogle {
  readonly customers: number;
  /** Customers that the book lacks; undefined where Google was not listed as a whole. */
  readonly orphans: number | undefined;
  /** Groups of customers that are one customer twice. */
  readonly duplicates: number;
  /** The first of these groups, in words. */
  readonly firstDuplicates: readonly string[];
}

/** summary.json and `--json`: the same object (contract, section 8). */
export function summaryObject(facts: SummaryFacts): Readonly<Record<string, unknown>> {
  const { tally, digest, stopped } = facts;
  return {
    run: facts.run,
    command: facts.command,
    account: facts.account ?? null,
    book: {
      path: facts.bookPath,
      sha256: digest?.sha256 ?? null,
      bytes: digest?.bytes ?? null,
      rows: tally.rows(),
    },
    outcomes: tally.outcomes(),
    actions: tally.actions(),
    waiting_for_customer: tally.waitingForCustomer(),
    buckets: Object.fromEntries(
      Object.entries(facts.buckets).map(([bucket, use]) => [
        bucket,
        { calls: use.calls, waited_seconds: use.waitedSeconds, largest_window: use.largestWindow },
      ]),
    ),
    causes: tally.causes().map(({ code, column, count, firstRow }) => ({
      code,
      column: column ?? null,
      count,
      first_row: firstRow,
    })),
    warnings: facts.warnings.map(({ rule, count, firstRow, message }) => ({
      rule,
      count,
      first_row: firstRow ?? null,
      message,
    })),
    ...(facts.atGoogle === undefined
      ? {}
      : {
          google: {
            customers: facts.atGoogle.customers,
            orphans: facts.atGoogle.orphans ?? null,
            duplicates: facts.atGoogle.duplicates,
            first_duplicates: facts.atGoogle.firstDuplicates,
          },
        }),
    ...(facts.notifications === undefined ? {} : { notifications: facts.notifications }),
    ...(facts.plan === undefined ? {} : { plan: facts.plan }),
    started_at: facts.startedAt,
    finished_at: facts.finishedAt ?? null,
    exit_code: facts.exitCode,
    ...(stopped === undefined
      ? {}
      : { error: { code: stopped.code, message: stopped.message, next: stopped.next } }),
    directory: facts.directory,
  };
}
