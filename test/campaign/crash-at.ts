import { appendFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/*
 * Preloaded into the program under test (`--import`): ends the process with SIGKILL right before or right after a commit
 * of the ledger. A commit is told by its number in the process, or by what it changes, in words:
 *
 *   step ROW KIND STATE     an intent, or how a step ended
 *   row ROW STATE           where a row has come to
 *
 * CAMPAIGN_CRASH_AT is `before N`, `after N`, `before step 2 create intent` and so on. CAMPAIGN_COMMIT_LOG names a file that gets a
 * line of such words for every commit.
 */
const [side, ...words] = (process.env['CAMPAIGN_CRASH_AT'] ?? '').split(' ');
const wanted = words.join(' ');
const logFile = process.env['CAMPAIGN_COMMIT_LOG'];

let commits = 0;
let known: ReadonlySet<string> = new Set();

const exec = Object.getOwnPropertyDescriptor(DatabaseSync.prototype, 'exec')?.value as (
  this: DatabaseSync,
  sql: string,
) => void;

DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
  if (sql !== 'COMMIT') {
    exec.call(this, sql);
    return;
  }
  commits += 1;
  const words = changes(this);
  if (logFile !== undefined) appendFileSync(logFile, `${words.join(', ')}\n`);
  const isHere = wanted === String(commits) || words.includes(wanted);
  if (isHere && side === 'before') process.kill(process.pid, 'SIGKILL');
  exec.call(this, sql);
  if (isHere && side === 'after') process.kill(process.pid, 'SIGKILL');
};

/** What the open transaction changes in the steps and rows of the latest run. */
function changes(db: DatabaseSync): readonly string[] {
  const tables = db
    .prepare(`SELECT count(*) AS n FROM sqlite_schema WHERE name IN ('steps', 'rows', 'runs')`)
    .get();
  if (tables?.['n'] !== 3) return [];
  const found = db
    .prepare(
      `SELECT 'step ' || row || ' ' || kind || ' ' || state AS word FROM steps WHERE run = (SELECT max(seq) FROM runs)
       UNION ALL SELECT 'row ' || row || ' ' || state FROM rows WHERE run = (SELECT max(seq) FROM runs)`,
    )
    .all()
    .map(({ word }) => String(word));
  const before = known;
  known = new Set(found);
  return found.filter((word) => !before.has(word));
}
