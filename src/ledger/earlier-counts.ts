import type { LedgerDb } from './ledger.ts';
import { partsBefore } from './parts.ts';
import type { SafetyCounts } from './plan-facts.ts';

/** What counts, as a step that was sent and as one that is planned. */
const CLASSES = {
  creates: {
    sent: `s.kind IN ('create', 'provision', 'insert', 'user')`,
    planned: `p.value ->> '$.kind' IN ('create', 'insert', 'user') OR
      (p.value ->> '$.kind' = 'provision' AND p.value ->> '$.operation' IS NULL)`,
  },
  imports: { sent: `s.kind = 'import'`, planned: `p.value ->> '$.kind' = 'import'` },
  updates: {
    sent: `s.before_image IS NOT NULL AND s.kind IN ('patch', 'import')`,
    planned: `p.value ->> '$.kind' IN ('patch', 'import')`,
  },
} as const;

/**
 * What earlier parts of a resumed run did, for the safety limits: they hold for the run, however often it is interrupted.
 * Rows that have such work left count where it is planned.
 */
export function earlierCounts(ledger: LedgerDb, run: number): SafetyCounts {
  const parts = partsBefore(ledger, run);
  if (parts.length === 0) return { creates: 0, imports: 0, updates: 0 };
  function count({ sent, planned }: (typeof CLASSES)[keyof typeof CLASSES]): number {
    const found = ledger.get(
      `SELECT count(DISTINCT r.key) AS n FROM steps s JOIN rows r USING (run, row)
       WHERE s.run IN (${[run, ...parts].join(', ')}) AND s.state <> 'failed' AND ${sent}
         AND r.key NOT IN (SELECT key FROM rows WHERE run = ? AND state = 'planned'
           AND EXISTS (SELECT 1 FROM json_each(plan, '$.steps') p WHERE ${planned}))`,
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
