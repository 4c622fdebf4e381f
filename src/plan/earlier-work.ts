import { storeApplied } from '../ledger/applied.ts';
import { takeOverwritten, takeSteps, type EarlierWork } from '../ledger/earlier-rows.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import type { StoredRow } from '../ledger/rows.ts';
import { isOnboardKind, type RowPlan, type StepKind } from '../model/plan.ts';
import type { RowEnding } from '../model/row-ending.ts';
import { LOOK_UPS } from './look-ups.ts';
import { linkText } from './requests.ts';

/** What a row of a resumed run is decided with. */
interface EarlierDeps {
  readonly run: number;
  readonly ledger: LedgerDb;
  /** Whether all customers were listed. */
  readonly isListed: boolean;
  readonly now: () => number;
}

/** What an earlier part of the run overwrote for a row stays with the row, whatever is written for it now. */
export function keepOverwritten(row: StoredRow, { steps }: RowPlan, { run, ledger }: EarlierDeps): void {
  if (row.earlier === undefined) return;
  const kinds = steps.map(({ kind }) => kind);
  takeOverwritten(ledger, run, row.row, row.earlier, kinds);
}

/**
 * Nothing is left to do for a row that an earlier part of the run had begun: that part's writes have had their effect, and
 * the run, of which this is one more part, has done the row.
 */
export function withEarlierWork(row: StoredRow, ending: RowEnding, deps: EarlierDeps): RowEnding {
  const work = row.earlier?.work;
  if (row.earlier === undefined || work === undefined || !isDoneBy(work, ending)) return ending;
  takeSteps(deps.ledger, deps.run, row.row, row.earlier);
  const identity = linkText(row.customer);
  if (identity !== undefined && ending.customer !== undefined) {
    const applied = { key: row.key, identity, contentHash: row.contentHash, customer: ending.customer };
    storeApplied(deps.ledger, applied, deps.run, new Date(deps.now()).toISOString());
  }
  const { action, attempts, calls, startedAt, changedFields, open } = work;
  return {
    ...ending,
    outcome: 'done',
    action: action === 'auto' ? ending.action : action,
    attempts,
    calls: ending.calls + calls,
    checkedBy: 'google',
    resolvedBy: open === undefined ? undefined : meansOf(open, deps),
    startedAt,
    changedFields,
    nextStep: action === 'import' ? 'transfer_entitlements' : ending.nextStep,
    drift: undefined,
  };
}

/** Under `never` an import leaves the fields as they are, and the row is done all the same. */
function isDoneBy({ action }: EarlierWork, { outcome }: RowEnding): boolean {
  return outcome === 'unchanged' || (outcome === 'skipped' && action === 'import');
}

function meansOf(open: StepKind, { isListed }: EarlierDeps): string {
  if (isOnboardKind(open)) return LOOK_UPS[open];
  return isListed ? 'listing' : 'customers.get';
}
