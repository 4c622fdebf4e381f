import type { OpenBook } from '../book/open-book.ts';
import type { Clock } from '../clock.ts';
import { claimCustomer } from '../ledger/claims.ts';
import { takeSteps, type EarlierRows, type FoundRow } from '../ledger/earlier-rows.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { mentionApplied, storeMentions } from '../ledger/mentions.ts';
import { insertRows, type NewRow } from '../ledger/rows.ts';
import type { BookHeader, BookRow } from '../model/book.ts';
import type { CheckedRow } from '../model/customer.ts';
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
}

/**
 * Reads the book to its end, row by row, in batches: each row checked, in the book's order.
 *
 * @throws FatalError 65 where the rest of the book is unreadable, 3 where it changed meanwhile
 */
export async function* takeRows(deps: IntakeDeps): AsyncGenerator<readonly TakenRow[]> {
  const { book, validate, selection, warnings, clock } = deps;
  for (const problem of book.warnings) warnings.add(problem, undefined);
  for await (const batch of book.batches()) {
    const at = new Date(clock.now()).toISOString();
    const taken = batch.map((row) => takeRow(row, book.header, validate, selection, at));
    for (const { book: row, checked, ending } of taken) {
      if (ending?.leftOut === true) continue;
      for (const problem of checked.warnings) warnings.add(problem, row.row);
    }
    yield taken;
    if (deps.signal.aborted) throw deps.signal.reason;
  }
}

/**
 * Reads the whole book into the ledger; tokens go there sealed.
 *
 * @param earlier what earlier parts of a resumed run did: a row that is done stays done
 */
export async function readIntoLedger(
  run: number,
  ledger: LedgerDb,
  sealer: Sealer,
  deps: IntakeDeps,
  earlier: EarlierRows | undefined,
  onRows: (rows: number) => void,
): Promise<void> {
  let rows = 0;
  for await (const taken of takeRows(deps)) {
    ledger.transaction(() => {
      const known = taken.map((row) => findEarlier(row, earlier));
      insertRows(
        ledger,
        run,
        taken.map((row, index) => toNewRow(row, known[index], sealer)),
      );
      for (const [index, row] of taken.entries()) {
        const ending = known[index]?.ending;
        if (ending !== undefined) keepDone(run, ledger, row.book.row, known[index]);
        if (row.ending !== undefined || ending !== undefined)
          storeMentioned(run, ledger, row, deps.book.header);
      }
    });
    rows += taken.length;
    onRows(rows);
  }
}

/** A row that is invalid by now is one, whatever it was. One that is left out by now keeps what was done for it. */
function findEarlier(
  { key, checked, content, ending }: TakenRow,
  earlier: EarlierRows | undefined,
): FoundRow | undefined {
  if (checked.kind !== 'valid') return undefined;
  const found = earlier?.find(key, content);
  return ending !== undefined && found?.ending === undefined ? undefined : found;
}

/** What a row that is done wrote belongs to this part, and no other row may take its customer. */
function keepDone(run: number, ledger: LedgerDb, row: number, found: FoundRow | undefined): void {
  if (found?.ending === undefined) return;
  const { customer, cloudIdentityId, action } = found.ending;
  takeSteps(ledger, run, row, found.earlier);
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

function toNewRow(
  { book, key, checked, ending: early, content }: TakenRow,
  found: FoundRow | undefined,
  sealer: Sealer,
): NewRow {
  const ending = found?.ending ?? early;
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
