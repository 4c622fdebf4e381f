import type { LedgerDb } from './ledger.ts';

const KINDS = ['customer', 'cloud_identity_id', 'id', 'domain'] as const;

/** Identifiers of a row, as the book's columns name them: the customer that has one of them is no orphan. */
export type Mention = Readonly<Partial<Record<(typeof KINDS)[number], string | undefined>>>;

/** Remembers what a row names that was not linked to a customer. Domains are kept in lower case. */
export function storeMentions(ledger: LedgerDb, run: number, fields: Mention): void {
  const named = KINDS.flatMap((kind) => {
    const value = fields[kind] ?? '';
    return value === '' ? [] : [[run, kind, kind === 'domain' ? value.toLowerCase() : value]];
  });
  if (named.length === 0) return;
  const places = named.map(() => '(?, ?, ?)').join(', ');
  ledger.run(`INSERT OR IGNORE INTO mentions (run, kind, value) VALUES ${places}`, ...named.flat());
}

/** Remembers the customer that an earlier run got for a key: a team's row may name nothing that Google's has. */
export function mentionApplied(ledger: LedgerDb, run: number, key: string): void {
  ledger.run(
    `INSERT OR IGNORE INTO mentions (run, kind, value) SELECT ?, 'customer', customer FROM applied WHERE key = ?`,
    run,
    key,
  );
}

/** Mentions are of use within their run only. */
export function dropMentions(ledger: LedgerDb, run: number): void {
  ledger.run('DELETE FROM mentions WHERE run <= ?', run);
}
