import { describe, expect, it } from 'vitest';
import type { LoggedRequest } from '../src/emulator/request-log.ts';
import { PARTNER, aRow, isWholeListing } from './doubtful-writes.ts';
import { ACCOUNT, aPartnerLink, aWorld } from './emulator/harness.ts';
import { SILENCE, anAccount, takeEffect, type EndedRun } from './in-process.ts';

const SETTLE_MS = 120_000;
const DOMAIN = 'a.example.com';
const UNDER_LINK = `accounts/${ACCOUNT}/channelPartnerLinks/${PARTNER}`;

/** The identifier of the row is its domain: nothing but a filtered list would look it up. */
const NAMELESS = aRow(DOMAIN, { id: '', channel_partner_id: PARTNER });

function domains(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `row${index}.example.com`);
}

function creates(requests: readonly LoggedRequest[]): readonly LoggedRequest[] {
  return requests.filter(({ method }) => method === 'customers.create');
}

function lists({ requests }: EndedRun, after: LoggedRequest | undefined): readonly LoggedRequest[] {
  return requests.filter(
    ({ method, number }) => method === 'customers.list' && number > (after?.number ?? 0),
  );
}

function outcomes({ results }: EndedRun): readonly (string | undefined)[] {
  return results.map(({ outcome }) => outcome);
}

describe('creates in doubt', () => {
  it('are settled together by one listing, the settle time after the last of them', async () => {
    const lost = domains(12);
    const faults = lost.map((domain, index) => ({
      method: 'customers.create',
      domain,
      do: 'reset' as const,
      afterEffect: index % 2 === 0,
    }));
    const { emulator, apply } = await anAccount(aWorld({ switches: { filterLagMs: 864_000_000 }, faults }));

    const run = await apply(lost.map((domain) => aRow(domain)));

    const sends = creates(run.requests);
    const [first] = sends;
    const listed = lists(run, first);
    const [listing] = listed;
    expect([listed.length, listed.every(isWholeListing)]).toEqual([1, true]);
    const before = sends.filter(({ number }) => number < (listing?.number ?? 0));
    expect([before.length, sends.length]).toEqual([12, 18]);
    expect((listing?.arrivedAt ?? 0) - (before.at(-1)?.arrivedAt ?? 0)).toBe(SETTLE_MS);
    expect(run.results.map((row) => [row['outcome'], row['resolved_by'], row['attempts']])).toEqual(
      lost.map((_, index) => ['done', index % 2 === 0 ? 'listing' : '', index % 2 === 0 ? '1' : '2']),
    );
    expect(
      emulator
        .customers()
        .map(({ domain }) => domain)
        .sort(),
    ).toEqual([...lost].sort());
  });

  it('are not waited for where the settle time has passed by the time the other rows are through', async () => {
    const provisioned = aRow('slow.example.com', {
      admin_email: 'ada@slow.example.com',
      admin_given_name: 'Ada',
      admin_family_name: 'Berg',
    });
    const { apply } = await anAccount(
      aWorld({
        switches: { provisionDelayMs: 5 * SETTLE_MS },
        faults: [{ method: 'customers.create', domain: DOMAIN, do: 'reset', afterEffect: true }],
      }),
    );

    const run = await apply([aRow(DOMAIN), provisioned]);

    const [create] = creates(run.requests);
    const [listing] = lists(run, create);
    expect([outcomes(run), run.said]).toEqual([['done', 'done'], []]);
    expect((listing?.arrivedAt ?? 0) - (create?.arrivedAt ?? 0)).toBeGreaterThanOrEqual(5 * SETTLE_MS);
  });

  it('of a run that was cut off are listed once, the settle time after they can have left at the latest', async () => {
    const lost = domains(3);
    const { emulator, apply, applyAndKill } = await anAccount(
      aWorld({
        faults: [{ id: SILENCE, method: 'customers.create', do: 'silence', afterEffect: true, nth: 3 }],
      }),
    );
    const book = lost.map((domain) => aRow(domain));
    await applyAndKill(book);
    const [last] = creates(emulator.requests).slice(-1);

    const run = await apply(book, { snapshot: 'lookup' });

    const listed = lists(run, undefined);
    expect([outcomes(run), listed.length, listed.every(isWholeListing)]).toEqual([
      ['unchanged', 'unchanged', 'unchanged'],
      1,
      true,
    ]);
    const waited = (listed[0]?.arrivedAt ?? 0) - (last?.arrivedAt ?? 0);
    expect([waited >= SETTLE_MS, waited <= SETTLE_MS + 1_000]).toEqual([true, true]);
    expect(emulator.customers()).toHaveLength(3);
  });

  it('are ambiguous where the second try is refused because something is there, and the next run finds it', async () => {
    const { emulator, apply } = await anAccount(
      aWorld({
        faults: [
          { method: 'customers.create', do: 'reset' },
          { method: 'customers.create', status: 409, code: 'ALREADY_EXISTS', message: 'taken' },
        ],
      }),
    );

    const first = await apply([aRow(DOMAIN)]);
    await takeEffect(creates(first.requests)[0], emulator);
    const second = await apply([aRow(DOMAIN)], { snapshot: 'lookup' });

    expect([first.exitCode, outcomes(first), first.results[0]?.['error_code']]).toEqual([
      4,
      ['ambiguous'],
      'ALREADY_EXISTS',
    ]);
    expect([second.exitCode, outcomes(second), creates(second.requests)]).toEqual([0, ['unchanged'], []]);
    expect(lists(second, undefined).every(isWholeListing)).toBe(true);
  });

  it('are failed where the second try is refused for the row itself: so was the first', async () => {
    const { apply } = await anAccount(
      aWorld({
        faults: [
          { method: 'customers.create', do: 'reset' },
          { method: 'customers.create', status: 400, code: 'INVALID_ARGUMENT', message: 'no' },
        ],
      }),
    );

    const run = await apply([aRow(DOMAIN)]);

    expect([run.exitCode, outcomes(run)]).toEqual([1, ['failed']]);
  });

  it('are not sent again where somebody else has the domain by now', async () => {
    const { emulator, apply, whileWaiting } = await anAccount(
      aWorld({ faults: [{ method: 'customers.create', do: 'reset' }] }),
    );
    whileWaiting(SETTLE_MS, async () => {
      const [lost] = creates(emulator.requests);
      if (lost === undefined) throw new Error('nothing was sent');
      await takeEffect(
        { ...lost, body: { ...(lost.body as object), correlationId: 'of another' } },
        emulator,
      );
    });

    const first = await apply([aRow(DOMAIN)]);
    const second = await apply([aRow(DOMAIN)]);

    // Ours and the other's.
    expect([first.exitCode, outcomes(first), creates(first.requests).length]).toEqual([4, ['ambiguous'], 2]);
    expect([outcomes(second), second.results[0]?.['error_code'], creates(second.requests)]).toEqual([
      ['blocked'],
      'policy.other_correlation_id',
      [],
    ]);
  });

  it('under a partner link are in doubt for as long as its customers cannot be listed', async () => {
    const { emulator, apply } = await anAccount(
      aWorld({
        partnerLinks: [aPartnerLink({ resellerCloudIdentityId: PARTNER })],
        switches: { filterLagMs: 864_000_000, accountListsPartners: false },
        faults: [
          { method: 'customers.create', do: 'reset', afterEffect: true },
          {
            method: 'customers.list',
            name: UNDER_LINK,
            nth: 2,
            count: 2,
            status: 403,
            code: 'PERMISSION_DENIED',
          },
        ],
      }),
    );

    const runs = [
      await apply([NAMELESS]),
      await apply([NAMELESS]),
      await apply([NAMELESS], { snapshot: 'lookup' }),
    ];

    expect(runs.map((run) => [run.exitCode, ...outcomes(run)])).toEqual([
      [4, 'ambiguous'],
      [1, 'blocked'],
      [0, 'unchanged'],
    ]);
    expect([creates(emulator.requests).length, emulator.customers().length]).toEqual([1, 1]);
  });
});
