import { describe, expect, it } from 'vitest';

import { ACCOUNT, anAddress, anIdentity, aPartnerLink, aRemoteCustomer, aWorld, emulate } from './harness.ts';
import type { TestEmulator } from './harness.ts';

const CUSTOMERS = `/v1/accounts/${ACCOUNT}/customers`;
const PARTNER_CUSTOMERS = `/v1/accounts/${ACCOUNT}/channelPartnerLinks/C0partner/customers`;

interface Page {
  readonly customers?: readonly { readonly domain: string }[];
  readonly nextPageToken?: string;
}

function customersNumbered(count: number) {
  return Array.from({ length: count }, (_, index) =>
    aRemoteCustomer({ domain: `c${String(index).padStart(3, '0')}.example` }),
  );
}

async function list(google: TestEmulator, query = '', base = CUSTOMERS): Promise<Page> {
  return (await google.call('GET', `${base}?${query}`)).body as Page;
}

async function domains(google: TestEmulator, query = '', base = CUSTOMERS): Promise<readonly string[]> {
  return ((await list(google, query, base)).customers ?? []).map((customer) => customer.domain);
}

async function violations(google: TestEmulator, verb: string, path: string, body?: unknown) {
  const answer = (await google.call(verb, path, body)) as {
    status: number;
    body: { error: { status: string; details?: { fieldViolations: { field: string }[] }[] } };
  };
  return {
    status: answer.status,
    code: answer.body.error.status,
    fields: answer.body.error.details?.[0]?.fieldViolations.map((entry) => entry.field) ?? [],
  };
}

describe('customers.list', () => {
  it('answers an empty message where there is no customer', async () => {
    const google = await emulate();
    expect(await list(google)).toEqual({});
  });

  it('has pages of 10 unless asked otherwise', async () => {
    const google = await emulate(aWorld({ customers: customersNumbered(11) }));
    const first = await list(google);
    expect(first.customers).toHaveLength(10);
    expect(await domains(google, `pageToken=${first.nextPageToken ?? ''}`)).toEqual(['c010.example']);
  });

  it('has pages of 50 at most, and no token on the last page', async () => {
    const google = await emulate(aWorld({ customers: customersNumbered(50) }));
    const page = await list(google, 'pageSize=1000');
    expect([page.customers?.length, page.nextPageToken]).toEqual([50, undefined]);
  });

  it('refuses a page size over 50 where the world says so', async () => {
    const google = await emulate(aWorld({ switches: { listOverMaximum: 'refuse' } }));
    expect(await violations(google, 'GET', `${CUSTOMERS}?pageSize=51`)).toEqual({
      status: 400,
      code: 'INVALID_ARGUMENT',
      fields: ['page_size'],
    });
  });

  it.each(['pageSize=-1', 'pageSize=ten', 'pageSize=1.5'])('refuses %s', async (query) => {
    const google = await emulate();
    expect((await violations(google, 'GET', `${CUSTOMERS}?${query}`)).fields).toEqual(['page_size']);
  });

  it('walks through all customers once, in the order of creation, while others are added', async () => {
    const google = await emulate(
      aWorld({ customers: customersNumbered(12), identities: [anIdentity({ domain: 'late.example' })] }),
    );
    const seen: string[] = [];
    let token = '';
    do {
      const page = await list(google, `pageSize=5&pageToken=${token}`);
      seen.push(...(page.customers ?? []).map((customer) => customer.domain));
      token = page.nextPageToken ?? '';
      if (seen.length === 5) await google.call('POST', `${CUSTOMERS}:import`, { domain: 'late.example' });
    } while (token !== '');
    expect(seen).toEqual([...customersNumbered(12).map((customer) => customer.domain), 'late.example']);
  });

  it('refuses a page token of another parent or filter, or one that it never gave', async () => {
    const google = await emulate(aWorld({ customers: customersNumbered(3), partnerLinks: [aPartnerLink()] }));
    const { nextPageToken = '' } = await list(google, 'pageSize=1');
    const wrong = [
      `${PARTNER_CUSTOMERS}?pageToken=${nextPageToken}`,
      `${CUSTOMERS}?pageToken=${nextPageToken}&filter=${encodeURIComponent('domain : "c*"')}`,
      `${CUSTOMERS}?pageToken=bm9uZQ`,
    ];
    for (const path of wrong) {
      expect(await violations(google, 'GET', path)).toEqual({
        status: 400,
        code: 'INVALID_ARGUMENT',
        fields: ['page_token'],
      });
    }
  });

  it('refuses parameters that the method lacks', async () => {
    const google = await emulate();
    expect(await violations(google, 'GET', `${CUSTOMERS}?pagesize=5`)).toMatchObject({
      status: 400,
      code: 'INVALID_ARGUMENT',
    });
  });

  it('shows new customers at once without a filter, and after the lag with one', async () => {
    const google = await emulate(
      aWorld({ identities: [anIdentity({ domain: 'new.example' })], switches: { filterLagMs: 3000 } }),
    );
    const filter = `filter=${encodeURIComponent('domain = "new.example"')}`;
    await google.call('POST', `${CUSTOMERS}:import`, { domain: 'new.example' });
    expect([await domains(google), await domains(google, filter)]).toEqual([['new.example'], []]);
    google.clock.advance(2999);
    expect(await domains(google, filter)).toEqual([]);
    google.clock.advance(1);
    expect(await domains(google, filter)).toEqual(['new.example']);
  });

  it('shows the values of before the lag in a filtered list', async () => {
    const google = await emulate(
      aWorld({
        customers: [aRemoteCustomer({ domain: 'a.example', orgDisplayName: 'Old' })],
        switches: { filterLagMs: 3000 },
      }),
    );
    async function names() {
      return (await google.call('GET', `${CUSTOMERS}?filter=domain=a.example`)).body;
    }
    for (const orgDisplayName of ['First', 'Second']) {
      await google.call('PATCH', `${CUSTOMERS}/a-example?updateMask=orgDisplayName`, { orgDisplayName });
      google.clock.advance(2000);
    }
    expect(await names()).toMatchObject({ customers: [{ orgDisplayName: 'First' }] });
    google.clock.advance(1000);
    expect(await names()).toMatchObject({ customers: [{ orgDisplayName: 'Second' }] });
  });

  it('finds a customer by the domain that it left, until the lag is over', async () => {
    const google = await emulate(
      aWorld({
        customers: [aRemoteCustomer({ domain: 'old.example', cloudIdentityId: undefined })],
        switches: { filterLagMs: 3000 },
      }),
    );
    await google.call('PATCH', `${CUSTOMERS}/old-example?updateMask=domain`, { domain: 'new.example' });
    async function found() {
      const filters = ['domain=old.example', 'domain=new.example'];
      return Promise.all(filters.map((filter) => domains(google, `filter=${filter}`)));
    }
    expect(await found()).toEqual([['old.example'], []]);
    google.clock.advance(3000);
    expect(await found()).toEqual([[], ['new.example']]);
  });

  it('has pages where a filter finds several customers of one domain', async () => {
    const twins = ['one', 'two', 'three'].map((id) =>
      aRemoteCustomer({
        domain: 'a.example',
        name: `accounts/${ACCOUNT}/customers/${id}`,
        orgDisplayName: id,
      }),
    );
    const google = await emulate(aWorld({ customers: [...twins, aRemoteCustomer({ domain: 'b.example' })] }));
    const query = 'filter=domain=A.example&pageSize=2';
    const first = await list(google, query);
    const second = await list(google, `${query}&pageToken=${first.nextPageToken ?? ''}`);
    expect([first, second]).toMatchObject([
      { customers: [{ orgDisplayName: 'one' }, { orgDisplayName: 'two' }] },
      { customers: [{ orgDisplayName: 'three' }] },
    ]);
    expect(second).not.toHaveProperty('nextPageToken');
  });

  it('lists the customers of a partner link below the link, and below the account as the world says', async () => {
    const parts = {
      customers: [
        aRemoteCustomer({ domain: 'direct.example' }),
        aRemoteCustomer({ domain: 'partner.example', channelPartnerId: 'C0partner' }),
        aRemoteCustomer({ domain: 'moved.example', listedUnder: 'C0partner' }),
      ],
      partnerLinks: [aPartnerLink()],
    };
    const google = await emulate(aWorld(parts));
    expect(await domains(google, '', PARTNER_CUSTOMERS)).toEqual(['partner.example', 'moved.example']);
    expect(await domains(google)).toEqual(['direct.example', 'partner.example', 'moved.example']);
    google.emulator.reset(aWorld({ ...parts, switches: { accountListsPartners: false } }));
    expect(await domains(google)).toEqual(['direct.example']);
  });
});

describe('customers.get', () => {
  it('answers the customer under its account name through either parent', async () => {
    const customer = aRemoteCustomer({ domain: 'a.example', channelPartnerId: 'C0partner' });
    const google = await emulate(aWorld({ customers: [customer], partnerLinks: [aPartnerLink()] }));
    const direct = await google.call('GET', `${CUSTOMERS}/a-example`);
    const throughLink = await google.call('GET', `${PARTNER_CUSTOMERS}/a-example`);
    expect(direct.body).toEqual({
      ...customer,
      createTime: '2025-12-16T12:00:00.000Z',
      updateTime: '2025-12-16T12:00:00.000Z',
    });
    expect(throughLink.body).toEqual(direct.body);
  });

  it('answers NOT_FOUND for a name that is unknown, or not of that link', async () => {
    const google = await emulate(
      aWorld({ customers: [aRemoteCustomer({ domain: 'a.example' })], partnerLinks: [aPartnerLink()] }),
    );
    for (const path of [`${CUSTOMERS}/b-example`, `${PARTNER_CUSTOMERS}/a-example`]) {
      expect(await violations(google, 'GET', path)).toEqual({ status: 404, code: 'NOT_FOUND', fields: [] });
    }
  });

  it('answers PERMISSION_DENIED for another account', async () => {
    const google = await emulate();
    expect(await violations(google, 'GET', '/v1/accounts/C9/customers/a')).toEqual({
      status: 403,
      code: 'PERMISSION_DENIED',
      fields: [],
    });
  });
});

describe('customers.patch', () => {
  const before = aRemoteCustomer({
    domain: 'a.example',
    correlationId: '7',
    primaryContactInfo: { firstName: 'Ada', lastName: 'Byron', email: 'ada@a.example' },
  });

  async function patch(query: string, body: unknown, switches = {}) {
    const google = await emulate(aWorld({ customers: [before], switches }));
    google.clock.advance(60_000);
    const answer = await google.call('PATCH', `${CUSTOMERS}/a-example${query}`, body);
    return { answer, google, after: google.emulator.customers()[0] };
  }

  it('sets the fields of the mask and leaves the others', async () => {
    const body = { orgDisplayName: 'New', languageCode: 'de' };
    const { answer, after } = await patch('?updateMask=orgDisplayName', body);
    expect(answer.body).toMatchObject({ orgDisplayName: 'New', languageCode: 'en' });
    expect(after).toMatchObject({
      orgDisplayName: 'New',
      languageCode: 'en',
      updateTime: '2026-01-15T12:01:00.000Z',
    });
  });

  it('reads masks and bodies in snake_case too', async () => {
    const body = {
      org_postal_address: { region_code: 'DE', postal_code: '20095', address_lines: ['Weg 2'] },
    };
    const { after } = await patch('?update_mask=org_postal_address.postal_code', body);
    expect(after?.orgPostalAddress).toEqual(anAddress({ postalCode: '20095' }));
  });

  it('replaces a message whole where the mask names it, and one field of it where the mask goes deeper', async () => {
    const contact = { firstName: 'Grace', email: 'grace@a.example' };
    const whole = await patch('?updateMask=primaryContactInfo', { primaryContactInfo: contact });
    expect(whole.after?.primaryContactInfo).toEqual({ ...contact, displayName: 'Grace' });
    const nested = await patch('?updateMask=primaryContactInfo.firstName', { primaryContactInfo: contact });
    expect(nested.after?.primaryContactInfo).toEqual({
      ...before.primaryContactInfo,
      firstName: 'Grace',
      displayName: 'Grace Byron',
    });
  });

  it('clears a field that the mask names and the body lacks', async () => {
    const { answer } = await patch('?updateMask=correlationId', {});
    expect(answer.body).not.toHaveProperty('correlationId');
  });

  it('ignores output-only fields in body and mask', async () => {
    const body = { name: 'accounts/C9/customers/x', cloudIdentityId: 'C0other', createTime: 'never' };
    const { answer, after } = await patch('?updateMask=cloudIdentityId,name,createTime', body);
    expect([answer.status, after?.cloudIdentityId, after?.name]).toEqual([
      200,
      before.cloudIdentityId,
      before.name,
    ]);
  });

  it.each([
    ['populated', 200, { orgDisplayName: 'New', correlationId: '7' }],
    ['replace', 400, { orgDisplayName: before.orgDisplayName, correlationId: '7' }],
    ['refuse', 400, { orgDisplayName: before.orgDisplayName, correlationId: '7' }],
  ])('without a mask does what the switch says: %s', async (patchWithoutMask, status, expected) => {
    const { answer, after } = await patch('', { orgDisplayName: 'New' }, { patchWithoutMask });
    expect([answer.status, after]).toEqual([status, expect.objectContaining(expected)]);
  });

  it.each<[string, string, unknown, readonly string[]]>([
    ['an unknown path', '?updateMask=orgName', {}, ['update_mask']],
    ['a path below a scalar', '?updateMask=domain.name', { domain: 'a.example' }, ['update_mask']],
    ['an empty required name', '?updateMask=orgDisplayName', {}, ['org_display_name']],
    ['a wrong type', '?updateMask=languageCode', { languageCode: 7 }, ['language_code']],
    ['a bad language', '?updateMask=languageCode', { languageCode: 'english!' }, ['language_code']],
    [
      'a contact on another domain',
      '?updateMask=primaryContactInfo.email',
      { primaryContactInfo: { email: 'ada@b.example' } },
      ['primary_contact_info.email'],
    ],
    [
      "an alternate address on the customer's domain",
      '?updateMask=alternateEmail',
      { alternateEmail: 'owner@A.example' },
      ['alternate_email'],
    ],
    [
      'an address without lines and postal code',
      '?updateMask=orgPostalAddress',
      { orgPostalAddress: { regionCode: 'DE' } },
      ['org_postal_address.postal_code', 'org_postal_address.address_lines'],
    ],
    [
      'another region, and all other faults with it',
      '?updateMask=orgPostalAddress.regionCode,alternateEmail',
      { orgPostalAddress: { regionCode: 'fr' }, alternateEmail: 'nobody' },
      ['org_postal_address.region_code', 'alternate_email', 'org_postal_address.region_code'],
    ],
    [
      'another domain',
      '?updateMask=domain',
      { domain: 'c.example' },
      ['primary_contact_info.email', 'domain'],
    ],
    [
      'an unknown partner',
      '?updateMask=channelPartnerId',
      { channelPartnerId: 'C0x' },
      ['channel_partner_id'],
    ],
  ])('refuses %s and changes nothing', async (_, query, body, fields) => {
    const { google } = await patch('?updateMask=languageCode', { languageCode: 'en' });
    const changes = google.emulator.customers();
    expect(await violations(google, 'PATCH', `${CUSTOMERS}/a-example${query}`, body)).toEqual({
      status: 400,
      code: 'INVALID_ARGUMENT',
      fields,
    });
    expect(google.emulator.customers()).toEqual(changes);
  });

  it('refuses unknown fields, as Google names them', async () => {
    const { answer } = await patch('?updateMask=orgPostalAddress', {
      orgName: 'New',
      orgPostalAddress: { country: 'DE' },
    });
    expect(answer.body).toMatchObject({
      error: {
        code: 400,
        status: 'INVALID_ARGUMENT',
        details: [
          {
            fieldViolations: [
              {
                field: 'org_postal_address',
                description: `Invalid JSON payload received. Unknown name "country" at 'org_postal_address': Cannot find field.`,
              },
              { description: 'Invalid JSON payload received. Unknown name "orgName": Cannot find field.' },
            ],
          },
        ],
      },
    });
  });

  it('lets a whole address through that keeps the region, and asks no postal code where there are none', async () => {
    const same = await patch('?updateMask=orgPostalAddress', {
      orgPostalAddress: anAddress({ postalCode: '1' }),
    });
    expect(same.answer.status).toBe(200);
    const dubai = { regionCode: 'AE', addressLines: ['Marina'] };
    const moved = await patch(
      '?updateMask=orgPostalAddress',
      { orgPostalAddress: dubai },
      { patchCriticalFields: 'allow' },
    );
    expect(moved.after?.orgPostalAddress).toEqual(dubai);
  });

  it('changes domain and region of a customer without Cloud Identity', async () => {
    const free = { ...before, cloudIdentityId: undefined, cloudIdentityInfo: undefined };
    const google = await emulate(aWorld({ customers: [{ ...free, primaryContactInfo: undefined }] }));
    const answer = await google.call('PATCH', `${CUSTOMERS}/a-example?updateMask=domain`, {
      domain: 'c.example',
    });
    expect(answer.body).toMatchObject({ domain: 'c.example' });
  });
});
