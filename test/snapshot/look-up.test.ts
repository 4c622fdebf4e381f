import { describe, expect, it } from 'vitest';
import type { WorldInput } from '../../src/emulator/world.ts';
import { storeApplied } from '../../src/ledger/applied.ts';
import { customerByName } from '../../src/ledger/remote.ts';
import type { Customer, Fields } from '../../src/model/customer.ts';
import { takeSnapshot } from '../../src/snapshot/take-snapshot.ts';
import { aCustomer } from '../builders.ts';
import { aPartnerLink, aRemoteCustomer, aWorld, cloudIdentityIdOf } from '../emulator/harness.ts';
import { ACCOUNT, aRequest, aSetting } from './a-snapshot.ts';

const NAME = `accounts/${ACCOUNT}/customers/acme-example`;
const ID = cloudIdentityIdOf('acme.example');
const HOUR_MS = 3_600_000;

function row(fields: Fields, rest: Partial<Customer> = {}): Customer {
  return aCustomer(fields, { action: 'auto', ...rest });
}

function aTeam(name: string) {
  return aRemoteCustomer({
    name: `accounts/${ACCOUNT}/customers/${name}`,
    domain: 'acme.example',
    cloudIdentityId: `C0${name}`,
    cloudIdentityInfo: { customerType: 'TEAM' },
  });
}

const WORLD: WorldInput = aWorld({
  customers: [
    aRemoteCustomer({ domain: 'acme.example' }),
    aRemoteCustomer({ domain: 'other.example' }),
    aTeam('team1'),
    aTeam('team2'),
    aRemoteCustomer({ domain: 'told.example', channelPartnerId: 'C0partner' }),
    aRemoteCustomer({ domain: 'untold.example', listedUnder: 'C0partner' }),
  ],
  partnerLinks: [aPartnerLink()],
});

const FIND_ACME = 'customers.list customers domain = "acme.example"';
const GET_ACME = 'customers.get customers/acme-example';

describe('looking rows up', () => {
  it.each<[string, Customer, readonly string[], readonly string[]]>([
    ['by domain', row({ domain: 'acme.example' }), [FIND_ACME], ['acme-example', 'team1', 'team2']],
    [
      'by domain and Cloud Identity ID in one call',
      row({ domain: 'acme.example', cloud_identity_id: cloudIdentityIdOf('other.example') }),
      [`${FIND_ACME} OR cloud_identity_id = "C0otherexample"`],
      ['acme-example', 'other-example', 'team1', 'team2'],
    ],
    ['by resource name', row({ customer: NAME, domain: 'acme.example' }), [GET_ACME], ['acme-example']],
    [
      'by what else it names where there is no such resource',
      row({ customer: `${NAME}-2`, domain: 'acme.example' }),
      [`${GET_ACME}-2`, FIND_ACME],
      ['acme-example', 'team1', 'team2'],
    ],
    [
      'of a team by its Cloud Identity ID and never by the domain that it shares',
      row({ domain: 'acme.example', cloud_identity_id: 'C0team2' }, { type: 'team' }),
      ['customers.list customers cloud_identity_id = "C0team2"'],
      ['team2'],
    ],
    [
      'of a team without one by the domain of its admin',
      row({ primary_admin_email: 'ann@ACME.example' }, { type: 'team' }),
      [FIND_ACME],
      ['acme-example', 'team1', 'team2'],
    ],
    [
      'of a customer of a partner, told by Google',
      row({ domain: 'told.example', channel_partner_id: 'C0partner' }),
      ['customers.list customers domain = "told.example"'],
      ['told-example'],
    ],
    [
      'of a customer of a partner, told by the list that it is in',
      row({ domain: 'untold.example', channel_partner_id: 'C0partner' }),
      [
        'customers.list customers domain = "untold.example"',
        'customers.list channelPartnerLinks/C0partner/customers domain = "untold.example"',
      ],
      ['untold-example'],
    ],
    [
      'not at all where it names a partner without a link',
      row({ domain: 'acme.example', channel_partner_id: 'C0nobody' }),
      [],
      [],
    ],
    ['not at all where nothing can be looked up by', row({ primary_admin_email: 'a@acme.example' }), [], []],
  ])('%s', async (_, customer, expected, stored) => {
    const setting = await aSetting(WORLD, [customer]);
    const partner = customer.fields.channel_partner_id;

    const snapshot = await takeSnapshot(
      ACCOUNT,
      aRequest('lookup', { partners: partner === undefined ? [] : [partner] }),
      setting.deps,
    );

    const links = partner === undefined ? [] : [`channelPartnerLinks.get channelPartnerLinks/${partner}`];
    expect(setting.calls()).toEqual([...links, ...expected]);
    expect(setting.stored()).toEqual(stored);
    expect(setting.rowCalls()).toEqual([expected.length]);
    expect([...snapshot.missingPartners.keys()]).toEqual(partner === 'C0nobody' ? [partner] : []);
  });

  it('keeps the partner that only the list under its link tells', async () => {
    const customer = row({
      customer: `accounts/${ACCOUNT}/customers/untold-example`,
      channel_partner_id: 'C0partner',
    });
    const { deps, ledger, calls } = await aSetting(WORLD, [customer]);

    await takeSnapshot(ACCOUNT, aRequest('lookup', { partners: ['C0partner'] }), deps);

    expect(calls().slice(1)).toEqual([
      'customers.get customers/untold-example',
      'customers.list channelPartnerLinks/C0partner/customers cloud_identity_id = "C0untoldexample"',
    ]);
    expect(customerByName(ledger, customer.fields.customer ?? '')?.partner).toBe('C0partner');
  });

  it('does not ask again for a Cloud Identity or a resource that it has just listed', async () => {
    const rows = [row({ cloud_identity_id: ID }), row({ customer: NAME })];
    const many = Array.from({ length: 120 }, (_, n) => aRemoteCustomer({ domain: `n${n}.example` }));
    const world = aWorld({ customers: [aRemoteCustomer({ domain: 'acme.example' }), ...many] });
    const { deps, calls, rowCalls } = await aSetting(world, rows);

    await takeSnapshot(ACCOUNT, aRequest('auto'), deps);

    expect([calls().length, rowCalls()]).toEqual([2, [0, 0]]);
  });

  it.each([
    [
      'fresh from this ledger and not in the lagging list',
      0,
      'team1',
      [FIND_ACME, 'customers.get customers/team1'],
    ],
    ['an hour old and in the list', HOUR_MS, 'acme-example', [FIND_ACME]],
    ['moments old and in the list, which may show an older state', 0, 'acme-example', [FIND_ACME, GET_ACME]],
    ['gone since', HOUR_MS, 'gone', [FIND_ACME, 'customers.get customers/gone']],
  ])('asks for the customer that it wrote by name when that is %s', async (_, age, name, expected) => {
    const world = aWorld({
      customers: [
        aRemoteCustomer({ domain: 'acme.example' }),
        aRemoteCustomer({ name: `accounts/${ACCOUNT}/customers/team1`, domain: 'elsewhere.example' }),
      ],
    });
    const { deps, ledger, calls } = await aSetting(world, [row({ domain: 'acme.example' })]);
    const customer = `accounts/${ACCOUNT}/customers/${name}`;
    const applied = { key: 'acme.example', identity: 'domain:acme.example', contentHash: '', customer };
    storeApplied(ledger, applied, 1, new Date(Date.now() - age).toISOString());

    const snapshot = await takeSnapshot(
      ACCOUNT,
      aRequest('lookup', { identityOf: ({ fields }) => `domain:${fields.domain ?? ''}` }),
      deps,
    );

    expect(calls()).toEqual(expected);
    expect(snapshot.refusedRows).toEqual(new Map());
  });

  it('keeps a refusal with its row and looks up the others', async () => {
    const world = aWorld({ customers: [aRemoteCustomer({ domain: 'acme.example' })] });
    const rows = [row({ domain: 'bad.example' }), row({ domain: 'acme.example' })];
    const setting = await aSetting(
      { ...world, faults: [refusing('bad.example', 'INVALID_ARGUMENT', 400)] },
      rows,
    );

    const { refusedRows } = await takeSnapshot(ACCOUNT, aRequest('lookup'), setting.deps);

    expect([...refusedRows].map(([number, { code }]) => [number, code])).toEqual([[1, 'INVALID_ARGUMENT']]);
    expect(setting.stored()).toEqual(['acme-example']);
    expect(setting.rowCalls()).toEqual([1, 1]);
  });

  it('keeps the refusals of rows where at least one row can be looked up', async () => {
    const rows = Array.from({ length: 25 }, (_, n) =>
      row({ domain: n === 7 ? 'acme.example' : `bad${n}.example` }),
    );
    const faults = [refusing('bad', 'INVALID_ARGUMENT', 400)];
    const { deps, rowCalls } = await aSetting({ ...WORLD, faults }, rows);

    const { refusedRows } = await takeSnapshot(ACCOUNT, aRequest('lookup'), deps);

    expect([refusedRows.size, refusedRows.has(8), rowCalls()]).toEqual([24, false, rows.map(() => 1)]);
  });

  it.each([
    ['all of the first 20 rows are refused', refusing('example', 'INVALID_ARGUMENT', 400), 77, 20],
    ['the account refuses its list', refusing('example', 'PERMISSION_DENIED', 403), 77, 1],
    ['Google stays out of order', refusing('example', 'UNAVAILABLE', 503), 69, 3],
    ['the token is refused', refusing('example', 'UNAUTHENTICATED', 401), 77, 1],
  ])('ends the run where %s', async (_, fault, exitCode, expectedCalls) => {
    const rows = Array.from({ length: 25 }, (_row, n) => row({ domain: `n${n}.example` }));
    const { deps, calls } = await aSetting({ ...WORLD, faults: [fault] }, rows);

    const taken = takeSnapshot(ACCOUNT, aRequest('lookup', { concurrency: 1 }), deps);

    await expect(taken).rejects.toMatchObject({ exitCode });
    expect(calls()).toHaveLength(expectedCalls);
  });

  it('starts no row after the run was told to end, and says that it may be typed again', async () => {
    const rows = Array.from({ length: 500 }, (_, n) => row({ domain: `n${n}.example` }));
    const { deps, calls } = await aSetting(WORLD, rows);
    const control = new AbortController();
    const stopping = {
      ...deps,
      signal: control.signal,
      onLookUp: (done: number) => {
        if (done === 3) control.abort();
      },
    };

    const taken = takeSnapshot(ACCOUNT, aRequest('lookup', { concurrency: 1 }), stopping);

    await expect(taken).rejects.toMatchObject({ exitCode: 75 });
    expect(calls()).toHaveLength(3);
  });

  it('looks up as many rows at a time as it is told, and no more', async () => {
    const rows = Array.from({ length: 40 }, (_, n) => row({ domain: `n${n}.example` }));
    const { deps, progress } = await aSetting(WORLD, rows);
    let open = 0;
    let most = 0;
    const reader = {
      ...deps.reader,
      findCustomers: async (...call: Parameters<typeof deps.reader.findCustomers>) => {
        open += 1;
        most = Math.max(most, open);
        const result = await deps.reader.findCustomers(...call);
        open -= 1;
        return result;
      },
    };

    await takeSnapshot(ACCOUNT, aRequest('lookup', { concurrency: 3 }), { ...deps, reader });

    expect([most, progress.length, progress.at(-1)]).toEqual([3, 40, '40 of 40 rows']);
  });
});

function refusing(contains: string, code: string, status: number) {
  return { method: 'customers.list', contains, count: null, do: 'answer', status, code } as const;
}
