import type { LedgerDb } from './ledger.ts';
import { partsBefore } from './parts.ts';
import type { SafetyCounts } from './plan-facts.ts';

const CLASSES = {
  creates: `s.kind IN ('create', 'provision', 'insert', 'user')`,
  imports: `s.kind = 'import'`,
  updates: `s.before_image IS NOT NULL AND s.kind IN ('patch', 'import')`,
} as const;

/**
 * What earlier parts of a resumed run did, for the safety limits: they hold for the run, however often it is interrupted.
 * Rows with work left count where their work is planned.
 */
export function earlierCounts(ledger: LedgerDb, run: number): SafetyCounts {
  const parts = partsBefore(ledger, run);
  if (parts.length === 0) return { creates: 0, imports: 0, updates: 0 };
  function count(condition: string): number {
    const found = ledger.get(
      `SELECT count(DISTINCT r.key) AS n FROM steps s JOIN rows r USING (run, row)
       WHERE s.run IN (${[run, ...parts].join(', ')}) AND s.state <> 'failed' AND ${condition}
         AND r.key NOT IN (SELECT key FROM rows WHERE run = ? AND state = 'planned')`,
      run,
    );
    return Number(found?.['n']);
  }
  return {
    creates: count(CLASSES.creates),
    imports: count(CLASSES.imports),
    updates: count(CLASSES.updates),
  };
}
