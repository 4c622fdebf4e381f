import type { DbRow, LedgerDb } from './ledger.ts';

/** A row with work to do, on one side of a comparison. */
export interface ComparedRow {
  readonly key: string;
  /** Where it stands on its side: the line of the reviewed file, the row of the book as it is now. */
  readonly place: number;
  /** Two rows with the same digest have the same work to do. */
  readonly digest: string;
}

/**
 * A reviewed plan and what would be done now, side by side in a temporary table: either may be longer than memory.
 * Rows are only added, then sorted once; looking each of them up would be slow where the table outgrows its cache.
 */
export interface PlanComparison {
  addReviewed(rows: readonly ComparedRow[]): void;
  addNow(rows: readonly ComparedRow[]): void;
  /** A key that has work to do twice in the reviewed plan, with the later line. */
  repeated(): { readonly key: string; readonly place: number } | undefined;
  /**
   * How many keys do not have the same work on both sides, and the first: those of now, then those that are gone, unless
   * only those of now are asked for.
   */
  changes(
    most: number,
    which: 'of-both' | 'of-now',
  ): { readonly count: number; readonly keys: readonly string[] };
  drop(): void;
}

const NOW = 0;
const REVIEWED = 1;

export function createPlanComparison(ledger: LedgerDb): PlanComparison {
  ledger.db.exec(`
    DROP TABLE IF EXISTS temp.compared_plans;
    CREATE TEMP TABLE compared_plans (
      key TEXT NOT NULL, side INTEGER NOT NULL, place INTEGER NOT NULL, digest TEXT NOT NULL
    ) STRICT;
  `);

  function add(side: number, rows: readonly ComparedRow[]): void {
    ledger.transaction(() => {
      for (const { key, place, digest } of rows) {
        ledger.run(
          'INSERT INTO temp.compared_plans (key, side, place, digest) VALUES (?, ?, ?, ?)',
          key,
          side,
          place,
          digest,
        );
      }
    });
  }

  return {
    addReviewed: (rows) => {
      add(REVIEWED, rows);
    },
    addNow: (rows) => {
      add(NOW, rows);
    },
    repeated() {
      const found = ledger.get(
        `SELECT key, max(place) AS place FROM temp.compared_plans WHERE side = ${REVIEWED}
         GROUP BY key HAVING count(*) > 1 ORDER BY place LIMIT 1`,
      );
      return found === undefined ? undefined : { key: String(found['key']), place: Number(found['place']) };
    },
    changes(most, which) {
      const found = ledger.all(
        `SELECT key, count(*) OVER () AS n FROM (
           SELECT key, min(side) AS side, min(place) AS place FROM temp.compared_plans
           GROUP BY key HAVING (count(*) <> 2 OR min(digest) <> max(digest)) AND min(side) <= ?
         ) ORDER BY side, place LIMIT ?`,
        which === 'of-now' ? NOW : REVIEWED,
        most,
      );
      return { count: countOf(found[0]), keys: found.map(({ key }) => String(key)) };
    },
    drop() {
      ledger.db.exec('DROP TABLE IF EXISTS temp.compared_plans');
    },
  };
}

function countOf(row: DbRow | undefined): number {
  return row === undefined ? 0 : Number(row['n']);
}
