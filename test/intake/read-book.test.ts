import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openBook } from '../../src/book/open-book.ts';
import { systemClock } from '../../src/clock.ts';
import { readIntoLedger } from '../../src/intake/read-book.ts';
import { createSelection } from '../../src/intake/selection.ts';
import { createWarningCounter } from '../../src/intake/warning-counter.ts';
import { storeApplied } from '../../src/ledger/applied.ts';
import type { LedgerDb } from '../../src/ledger/ledger.ts';
import { createSealer } from '../../src/seal.ts';
import { createValidator } from '../../src/validate/validator.ts';
import { aBook, OPTIONS } from '../book/a-book.ts';
import { aLedger } from '../snapshot/a-snapshot.ts';

/** Takes a book in as run 7. */
async function takeIn(ledger: LedgerDb, text: string, only?: readonly string[]): Promise<void> {
  const book = await openBook(aBook(text), { ...OPTIONS, action: 'auto' });
  const validate = createValidator({
    header: book.header,
    action: 'auto',
    overwrite: 'never',
    requireChannelPartner: false,
    now: Date.parse('2026-05-01T12:00:00Z'),
    account: 'C012345',
  });
  const deps = {
    book,
    validate,
    selection: createSelection({ limit: undefined, only, partner: undefined }),
    warnings: createWarningCounter(),
    clock: systemClock,
    signal: new AbortController().signal,
  };
  await readIntoLedger(7, ledger, createSealer(), deps, () => undefined);
  await book.close();
}

function mentions(ledger: LedgerDb): readonly string[] {
  return ledger
    .all('SELECT kind, value FROM mentions WHERE run = 7 ORDER BY kind, value')
    .map(({ kind, value }) => `${String(kind)} ${String(value)}`);
}

describe('readIntoLedger', () => {
  it('remembers what rows name that end here, and nothing of those that are to be decided', async () => {
    const ledger = aLedger();

    await takeIn(
      ledger,
      'id,domain,region_code\nA-1,fine.com,DE\nA-2,WWW.Typo.com,Germoney\nA-3,no domain,DE\n',
    );

    expect(mentions(ledger)).toEqual(['domain no domain', 'domain typo.com', 'id A-2', 'id A-3']);
  });

  it('remembers rows that are left out, and the customers that earlier runs got for them', async () => {
    const ledger = aLedger();
    const applied = {
      key: 'ann@team.com',
      identity: '',
      contentHash: '',
      customer: 'accounts/C1/customers/S1',
    };
    storeApplied(ledger, applied, 1, '2026-01-01T00:00:00.000Z');

    await takeIn(ledger, 'domain,primary_admin_email\nfine.com,\n,ann@team.com\nother.com,\n', ['fine.com']);

    expect(mentions(ledger)).toEqual(['customer accounts/C1/customers/S1', 'domain other.com']);
  });

  it('lets no token into the ledger, in whatever row it stands', async () => {
    const ledger = aLedger();
    const token = 'S3cret-of-the-customer';

    await takeIn(
      ledger,
      [
        'id,domain,cloud_identity_id,auth_token',
        `A-1,fine.com,C0fine,${token}`,
        `A-2,bad domain,C0bad,${token}`,
        `A-3,short.com,${token}`,
        `${token},token.com,C0token,${token}`,
        `A-5,long.com,,C0long,${token}`,
        '',
      ].join('\n'),
    );

    expect(mentions(ledger).join('\n').toLowerCase()).not.toContain(token.toLowerCase());
    ledger.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    expect(readFileSync(ledger.path, 'latin1')).not.toContain(token);
    expect(readFileSync(ledger.path, 'latin1')).toContain('long.com');
  });
});
