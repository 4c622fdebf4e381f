import type { OpenBook } from '../book/open-book.ts';
import type { Clock } from '../clock.ts';
import { claimCustomer } from '../ledger/claims.ts';
import type { EarlierRows } from '../ledger/earlier-rows.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { mentionApplied, storeMentions } from '../ledger/mentions.ts';
import { insertRows, type NewRow } from '../ledger/rows.ts';
import type { BookHeader, BookRow } from '../model/book.ts';
import type { CheckedRow } from '../model/customer.ts';
import type { RowEnding } from '../model/row-ending.ts';
import type { Sealer } from '../seal.ts';
import { takeRow, type TakenRow } from './intake.ts';
import { mentionsOf } from './mentioned.ts';
import type { Selection } from './selection.ts';
import type { WarningCounter } from './warning-counter.ts';

export interface IntakeDeps {
  readonly book: OpenBook;
  readonly validate: (row: BookRow) => CheckedRow;
  readonly selection: Selection;
  readonly warnings: WarningCounter;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What earlier parts of a resumed run did: a row that is done stays done. */
  readonly earlier?: EarlierRows | undefined;
}

/**
 * Reads the book to its end, row by row, in batches: each row checked, in the book's order.
 *
 * @throws FatalError 65 where the rest of the book is unreadable, 3 where it changed meanwhile
 */
export async function* takeRows(deps: IntakeDeps): AsyncGenerator<readonly TakenRow[]> {
  const { book, validate, selection, warnings, clock, earlier } = deps;
  for (const problem of book.warnings) warnings.add(problem, undefined);
  for await (const batch of book.batches()) {
    const at = new Date(clock.now()).toISOString();
    const taken = batch.map((row) => takeRow(row, book.header, validate, selection, at, earlier));
    for (const { book: row, checked, ending } of taken) {
      if (ending?.leftOut === true) continue;
      for (const problem of checked.warnings) warnings.add(problem, row.row);
    }
    yield taken;
    if (deps.signal.aborted) throw deps.signal.reason;
  }
}

/** Reads the whole book into the ledger; tokens go there sealed. */
export async function readIntoLedger(
  run: number,
  ledger: LedgerDb,
  sealer: Sealer,
  deps: IntakeDeps,
  onRows: (rows: number) => void,
): Promise<void> {
  let rows = 0;
  for await (const taken of takeRows(deps)) {
    ledger.transaction(() => {
      insertRows(
        ledger,
        run,
        taken.map((row) => toNewRow(row, sealer)),
      );
      for (const row of taken) {
        if (row.found?.ending !== undefined) claimDone(run, ledger, row.book.row, row.found.ending);
        if (row.ending !== undefined) storeMentioned(run, ledger, row, deps.book.header);
      }
    });
    rows += taken.length;
    onRows(rows);
  }
}

/** No other row may take the customer of a row that is done. */
function claimDone(
  run: number,
  ledger: LedgerDb,
  row: number,
  { customer, cloudIdentityId, action }: RowEnding,
): void {
  if (customer !== undefined) claimCustomer(ledger, run, customer, row);
  if (action === 'onboard' && cloudIdentityId !== undefined)
    claimCustomer(ledger, run, `tenant ${cloudIdentityId}`, row);
}

/** A row that ends here is never linked: what it names is remembered, so that its customer is no orphan. */
function storeMentioned(
  run: number,
  ledger: LedgerDb,
  { book, key, checked }: TakenRow,
  header: BookHeader,
): void {
  for (const mention of mentionsOf(book, header, checked)) storeMentions(ledger, run, mention);
  if (key !== '') mentionApplied(ledger, run, key);
}

function toNewRow({ book, key, checked, ending, content, found }: TakenRow, sealer: Sealer): NewRow {
  const isOpen = checked.kind === 'valid' && ending === undefined;
  const token = isOpen ? checked.authToken : undefined;
  return {
    row: book.row,
    line: book.line,
    key,
    content,
    customer: checked.kind === 'valid' ? checked.customer : undefined,
    action: ending?.action ?? (checked.kind === 'valid' ? checked.customer.action : checked.action),
    tokenCreated: checked.kind === 'valid' ? checked.customer.fields.auth_token_created : undefined,
    sealedToken: token === undefined ? undefined : sealer.seal(token),
    ending,
    earlier: found?.earlier,
  };
}
