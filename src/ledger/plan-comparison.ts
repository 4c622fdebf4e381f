import type { LedgerDb } from './ledger.ts';

/** One line of a plan that a person has reviewed. */
export interface ReviewedRow {
  readonly key: string;
  /** Number of the row in the book that was reviewed. */
  readonly row: number;
  readonly outcome: string;
  /** What would be done, as one text; undefined where nothing was to be done. */
  readonly plan: string | undefined;
}

/** A reviewed plan by its keys, in a temporary table: a plan may be longer than memory. */
export interface ReviewedPlan {
  /** Adds a row. False where another row of this key has work to do as well. */
  add(row: ReviewedRow): boolean;
  /** What was reviewed for a key, which is then no longer among the rest. */
  take(key: string): ReviewedRow | undefined;
  /** How many rows with work to do were not taken, and the first of them. */
  rest(most: number): { readonly count: number; readonly first: readonly ReviewedRow[] };
  drop(): void;
}

export function createReviewedPlan(ledger: LedgerDb): ReviewedPlan {
  ledger.db.exec(`
    DROP TABLE IF EXISTS temp.reviewed_plan;
    CREATE TEMP TABLE reviewed_plan (
      key TEXT PRIMARY KEY, row INTEGER NOT NULL, outcome TEXT NOT NULL, plan TEXT, taken INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `);
  return {
    add({ key, row, outcome, plan }) {
      // Rows without work may share a key: duplicates in the book are invalid.
      const changed = ledger.run(
        `INSERT INTO temp.reviewed_plan (key, row, outcome, plan, taken) VALUES (?, ?, ?, ?, 0)
         ON CONFLICT (key) DO UPDATE SET row = excluded.row, outcome = excluded.outcome, plan = excluded.plan
         WHERE plan IS NULL AND excluded.plan IS NOT NULL`,
        key,
        row,
        outcome,
        plan ?? null,
      );
      return changed === 1 || plan === undefined;
    },
    take(key) {
      const found = ledger.get('SELECT * FROM temp.reviewed_plan WHERE key = ?', key);
      if (found === undefined) return undefined;
      ledger.run('UPDATE temp.reviewed_plan SET taken = 1 WHERE key = ?', key);
      return toReviewedRow(found);
    },
    rest(most) {
      const where = 'FROM temp.reviewed_plan WHERE taken = 0 AND plan IS NOT NULL';
      return {
        count: Number(ledger.get(`SELECT count(*) AS n ${where}`)?.['n']),
        first: ledger.all(`SELECT * ${where} ORDER BY row, key LIMIT ?`, most).map(toReviewedRow),
      };
    },
    drop() {
      ledger.db.exec('DROP TABLE IF EXISTS temp.reviewed_plan');
    },
  };
}

function toReviewedRow(row: Readonly<Record<string, unknown>>): ReviewedRow {
  return {
    key: String(row['key']),
    row: Number(row['row']),
    outcome: String(row['outcome']),
    plan: typeof row['plan'] === 'string' ? row['plan'] : undefined,
  };
}
