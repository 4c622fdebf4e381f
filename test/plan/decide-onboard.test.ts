import { describe, expect, it } from 'vitest';
import type { ApiFailure } from '../../src/model/api-failure.ts';
import type { Customer, Fields } from '../../src/model/customer.ts';
import type { DirectoryUser } from '../../src/model/directory-user.ts';
import type { ResellerCustomer } from '../../src/model/reseller-customer.ts';
import { decideOnboard, type OnboardDecision } from '../../src/plan/decide-onboard.ts';
import {
  fitsInsert,
  tenantOfFailure,
  userOfFailure,
  type OnboardFacts,
  type OwnWork,
  type TenantLook,
  type UserLook,
} from '../../src/plan/tenant-facts.ts';
import { aCustomer, onboardFacts } from '../builders.ts';

const ADMIN = 'admin@acme.com';

function domainRow(fields: Fields = {}): Customer {
  const all = {
    domain: 'acme.com',
    org_display_name: 'Acme',
    alternate_email: 'ada@home.org',
    admin_email: ADMIN,
    admin_given_name: 'Ada',
    admin_family_name: 'Berg',
    ...fields,
  };
  return aCustomer(all, { action: 'onboard' });
}

function teamRow(fields: Fields = {}): Customer {
  const all = { primary_admin_email: 'gus@acme.com', org_display_name: 'Team', ...fields };
  return aCustomer(all, { action: 'onboard', type: 'team', key: 'gus@acme.com' });
}

function tenant(rest: Partial<ResellerCustomer> = {}): ResellerCustomer {
  return {
    customerId: 'C01',
    customerDomain: 'acme.com',
    customerType: 'domain',
    organizationName: 'Acme',
    alternateEmail: 'ada@home.org',
    resourceUiUrl: 'https://admin.google.com/x',
    isOurs: true,
    ...rest,
  };
}

function ours(rest: Partial<ResellerCustomer> = {}): TenantLook {
  return { kind: 'ours', customer: tenant(rest) };
}

function there(rest: Partial<DirectoryUser> = {}): UserLook {
  const user = {
    primaryEmail: ADMIN,
    givenName: 'Ada',
    familyName: 'Berg',
    customerId: 'C01',
    isAdmin: true,
    agreedToTerms: false,
    suspended: false,
    ...rest,
  };
  return { kind: 'there', user };
}

function failure(code: string, message = 'no', rest: Partial<ApiFailure> = {}): ApiFailure {
  return {
    class: 'refused',
    effect: 'none',
    httpStatus: 400,
    code,
    reason: undefined,
    message,
    retryAfterMs: undefined,
    ...rest,
  };
}

/** What an earlier run of ours has done: the customer, and so far nothing else. */
function own(rest: Partial<OwnWork> = {}): OwnWork {
  return {
    customerId: 'C01',
    domain: 'acme.com',
    language: undefined,
    adminEmail: undefined,
    isUserSent: false,
    sentNames: undefined,
    isUserRefused: false,
    isUserMade: false,
    isUserFresh: false,
    isAdmin: false,
    ...rest,
  };
}

/** A decision in one line. */
function said(decision: OnboardDecision): string {
  switch (decision.kind) {
    case 'act':
      return decision.plan.steps.map(({ kind }) => kind).join(', ');
    case 'settled':
      return [decision.outcome, ...decision.causes.map(({ code }) => code)].join(' ');
    case 'tenant':
      return `look for ${decision.customer}`;
    case 'own':
      return `own ${decision.customerId}`;
    case 'user':
      return `look for ${decision.email}`;
    case 'users':
      return `any users of ${decision.customerId}`;
  }
}

const absent: UserLook = { kind: 'absent' };
const denied: UserLook = { kind: 'denied', failure: failure('PERMISSION_DENIED') };
const madeUser = own({ adminEmail: ADMIN, isUserSent: true, isUserMade: true });
const sentUser = own({ adminEmail: ADMIN, isUserSent: true });
const whole = own({ adminEmail: ADMIN, isUserSent: true, isUserMade: true, isAdmin: true });

const table: readonly (readonly [
  title: string,
  row: Customer,
  facts: Partial<OnboardFacts>,
  expected: string,
])[] = [
  ['nobody has asked', domainRow(), {}, 'look for acme.com'],
  ['a team is looked up by the domain of its admin', teamRow(), {}, 'look for acme.com'],
  ['a team by the ID that the row names', teamRow({ cloud_identity_id: 'C07' }), {}, 'look for C07'],
  ['a team by the ID that an insert of ours brought', teamRow(), { own: own() }, 'look for C01'],
  ['free', domainRow(), { tenant: { kind: 'free' } }, 'insert, user, admin'],
  [
    'free, with a language',
    domainRow({ language_code: 'de' }),
    { tenant: { kind: 'free' } },
    'insert, language, user, admin',
  ],
  [
    'free, and the row names a customer: another is never made for it',
    domainRow({ cloud_identity_id: 'C07' }),
    { tenant: { kind: 'free' } },
    'blocked policy.no_such_customer',
  ],
  ['free, a team', teamRow(), { tenant: { kind: 'free' } }, 'insert'],
  [
    'free, a team with a language',
    teamRow({ language_code: 'de' }),
    { tenant: { kind: 'free' } },
    'insert, language',
  ],
  [
    'a team that we made, its language not set',
    teamRow({ language_code: 'de' }),
    { tenant: ours({ customerType: 'team' }), own: own(), hasUsers: 'none' },
    'language',
  ],
  [
    'a team that we made, its language not set, and a user there',
    teamRow({ language_code: 'de' }),
    { tenant: ours({ customerType: 'team' }), own: own(), hasUsers: 'some' },
    'unchanged',
  ],
  [
    'a team that we made, its language set',
    teamRow({ language_code: 'de' }),
    { tenant: ours({ customerType: 'team' }), own: own({ language: 'de' }) },
    'unchanged',
  ],
  [
    'free, and ours once: it is looked for by its ID',
    domainRow(),
    { tenant: { kind: 'free' }, own: own() },
    'own C01',
  ],
  [
    'free, and ours once and gone: nothing is made twice for one row',
    domainRow(),
    { tenant: { kind: 'free' }, own: own(), ownTenant: { kind: 'free' } },
    'blocked policy.customer_gone',
  ],
  [
    'free, and ours under another domain by now',
    domainRow(),
    { tenant: { kind: 'free' }, own: own(), ownTenant: ours({ customerDomain: 'other.com' }) },
    'blocked policy.other_domain',
  ],
  [
    'free by a look-up that lags, and ours',
    domainRow(),
    { tenant: { kind: 'free' }, own: own(), ownTenant: ours(), user: absent },
    'user, admin',
  ],
  [
    'a team that we made and that is gone',
    teamRow(),
    { tenant: { kind: 'free' }, own: own() },
    'blocked policy.customer_gone',
  ],
  [
    'foreign',
    domainRow(),
    { tenant: { kind: 'foreign', customer: tenant({ isOurs: false }) } },
    'blocked policy.foreign_customer',
  ],
  [
    'not to be seen',
    domainRow(),
    { tenant: { kind: 'denied', failure: failure('PERMISSION_DENIED') } },
    'blocked PERMISSION_DENIED',
  ],
  ['teams on the domain', domainRow(), { tenant: { kind: 'teams' } }, 'blocked policy.teams_on_domain'],
  [
    'teams on the domain: the team is looked for by its admin',
    teamRow(),
    { tenant: { kind: 'teams' } },
    'look for gus@acme.com',
  ],
  [
    'teams on the domain, none with that admin',
    teamRow(),
    { tenant: { kind: 'teams' }, user: absent },
    'insert',
  ],
  [
    'teams on the domain, one with that admin',
    teamRow(),
    { tenant: { kind: 'teams' }, user: there({ primaryEmail: 'gus@acme.com' }) },
    'unchanged',
  ],
  [
    'another customer was made for the key',
    domainRow(),
    { ofKey: own({ domain: 'old.com' }) },
    'blocked policy.other_domain',
  ],
  [
    'an insert for the key and another customer is in doubt',
    domainRow(),
    { isKeyInDoubt: true },
    'ambiguous policy.insert_undecided',
  ],
  [
    'made by us, whole, and not to be seen any more',
    domainRow(),
    { tenant: { kind: 'denied', failure: failure('PERMISSION_DENIED') }, own: whole },
    'unchanged',
  ],
  [
    'made by us, not whole, and not to be seen any more',
    domainRow(),
    { tenant: { kind: 'denied', failure: failure('PERMISSION_DENIED') }, own: own() },
    'blocked PERMISSION_DENIED',
  ],
  [
    'made by us, whole, and the row names another admin by now',
    domainRow({ admin_email: 'new@acme.com' }),
    { tenant: ours(), own: whole, user: absent },
    'skipped',
  ],
  [
    'made by us, whole, and the other admin that the row names is there',
    domainRow({ admin_email: 'new@acme.com' }),
    { tenant: ours(), own: whole, user: there({ primaryEmail: 'new@acme.com' }) },
    'unchanged',
  ],
  [
    'made by us, whole, and the row names a user who is no admin',
    domainRow({ admin_email: 'new@acme.com' }),
    { tenant: ours(), own: whole, user: there({ primaryEmail: 'new@acme.com', isAdmin: false }) },
    'skipped',
  ],
  [
    'made by us, whole, a moment ago, and not shown yet',
    domainRow(),
    { tenant: ours(), own: { ...whole, isUserFresh: true }, user: absent },
    'unchanged',
  ],
  [
    'made by us, with a language, and users not to be seen: the language is left',
    domainRow({ language_code: 'de' }),
    { tenant: ours(), own: own(), user: absent, hasUsers: 'unknown' },
    'user, admin',
  ],
  [
    'made by an insert without an answer, the row edited since',
    domainRow({ org_display_name: 'Renamed', alternate_email: 'else@home.org' }),
    { tenant: ours(), sentInsert: domainRow(), user: absent },
    'user, admin',
  ],
  [
    'an address that differs in case alone is the same user',
    domainRow({ admin_email: 'Admin@acme.com' }),
    { tenant: ours(), own: madeUser, user: absent },
    'admin',
  ],
  [
    'teams on the domain, and an insert in doubt',
    teamRow(),
    { tenant: { kind: 'teams' }, sentInsert: teamRow() },
    'ambiguous policy.insert_undecided',
  ],
  [
    'made by us, its user made, and the row names another by now: two would be one too many',
    domainRow({ admin_email: 'new@acme.com' }),
    { tenant: ours(), own: madeUser, user: absent },
    'blocked policy.other_user',
  ],
  [
    'made by us, its user sent, and the row names another by now who is there',
    domainRow({ admin_email: 'new@acme.com' }),
    { tenant: ours(), own: sentUser, user: there({ primaryEmail: 'new@acme.com', isAdmin: false }) },
    'blocked policy.other_user',
  ],
  [
    'made by us, its user refused, and the row names another by now',
    domainRow({ admin_email: 'new@acme.com' }),
    { tenant: ours(), own: { ...sentUser, isUserRefused: true }, user: absent },
    'user, admin',
  ],
  [
    'made by us, its user sent, and somebody else is there under its address',
    domainRow(),
    {
      tenant: ours(),
      own: { ...sentUser, sentNames: { givenName: 'Ada', familyName: 'Berg' } },
      user: there({ givenName: 'Eve', familyName: 'Else', isAdmin: false }),
    },
    'blocked policy.other_user',
  ],
  ['ours otherwise', domainRow(), { tenant: ours() }, `look for ${ADMIN}`],
  ['ours otherwise, with the admin', domainRow(), { tenant: ours(), user: there() }, 'unchanged'],
  [
    'ours otherwise, the user no admin',
    domainRow(),
    { tenant: ours(), user: there({ isAdmin: false }) },
    'blocked policy.admin_missing',
  ],
  ['ours otherwise, no user', domainRow(), { tenant: ours(), user: absent }, 'blocked policy.admin_missing'],
  [
    'ours otherwise, the user not to be seen',
    domainRow(),
    { tenant: ours(), user: denied },
    'blocked policy.admin_missing',
  ],
  [
    'ours otherwise, the address an alias',
    domainRow(),
    { tenant: ours(), user: there({ primaryEmail: 'boss@acme.com' }) },
    'blocked policy.other_user',
  ],
  [
    'ours otherwise, the user of another tenant',
    domainRow(),
    { tenant: ours(), user: there({ customerId: 'C09' }) },
    'blocked policy.other_user',
  ],
  [
    'ours, of the other type',
    domainRow(),
    { tenant: ours({ customerType: 'team' }) },
    'blocked policy.other_type',
  ],
  [
    'ours, and the row names another Cloud Identity',
    domainRow({ cloud_identity_id: 'C09' }),
    { tenant: ours() },
    'blocked policy.contradicting_identifiers',
  ],
  ['made by us', domainRow(), { tenant: ours(), own: own(), user: absent }, 'user, admin'],
  [
    'made by us, with a language to set: users are asked for',
    domainRow({ language_code: 'de' }),
    { tenant: ours(), own: own(), user: absent },
    'any users of C01',
  ],
  [
    'made by us, without users: the language goes first',
    domainRow({ language_code: 'de' }),
    { tenant: ours(), own: own(), user: absent, hasUsers: 'none' },
    'language, user, admin',
  ],
  [
    'made by us, with users: the language is left',
    domainRow({ language_code: 'de' }),
    { tenant: ours(), own: own(), user: absent, hasUsers: 'some' },
    'user, admin',
  ],
  [
    'made by us, the language set',
    domainRow({ language_code: 'de' }),
    { tenant: ours(), own: own({ language: 'de' }), user: absent },
    'user, admin',
  ],
  [
    'made by us, the user made a while ago and not complete',
    domainRow(),
    { tenant: ours(), own: madeUser, user: absent },
    'admin',
  ],
  [
    'made by us, the user sent and never answered, and not there',
    domainRow(),
    { tenant: ours(), own: sentUser, user: absent },
    'user, admin',
  ],
  [
    'made by us, the user sent and never answered, and there',
    domainRow(),
    { tenant: ours(), own: sentUser, user: there({ isAdmin: false, givenName: undefined }) },
    'admin',
  ],
  ['made by us, all there', domainRow(), { tenant: ours(), own: whole, user: there() }, 'unchanged'],
  [
    'made by us, the user by somebody else under the same name',
    domainRow(),
    { tenant: ours(), own: own(), user: there({ isAdmin: false }) },
    'admin',
  ],
  [
    'made by us, the user by somebody else under another name',
    domainRow(),
    { tenant: ours(), own: own(), user: there({ isAdmin: false, givenName: 'Eve' }) },
    'blocked policy.other_user',
  ],
  [
    'made by us, all done once, and the user gone since',
    domainRow(),
    { tenant: ours(), own: whole, user: absent },
    'skipped',
  ],
  [
    'made by us, all done once, and our access switched off',
    domainRow(),
    { tenant: ours(), own: whole, user: denied },
    'unchanged',
  ],
  [
    'made by an insert without an answer, as its record fits',
    domainRow(),
    { tenant: ours(), sentInsert: domainRow(), user: absent },
    'user, admin',
  ],
  [
    'an insert without an answer, and a record that does not fit it',
    domainRow(),
    { tenant: ours({ organizationName: 'Another' }), sentInsert: domainRow(), user: absent },
    'blocked policy.admin_missing',
  ],
  [
    'a team of ours with that admin',
    teamRow(),
    { tenant: ours({ customerType: 'team', primaryAdminEmail: 'GUS@acme.com' }) },
    'unchanged',
  ],
  [
    'another team of ours on the domain',
    teamRow(),
    { tenant: ours({ customerType: 'team', primaryAdminEmail: 'ann@acme.com' }) },
    'insert',
  ],
  [
    'a team of ours whose admin is not told',
    teamRow(),
    { tenant: ours({ customerType: 'team' }) },
    'blocked policy.unnamed_team',
  ],
  [
    'a team that we made and that has verified its domain since',
    teamRow(),
    { tenant: ours({ customerType: 'domain' }), own: own() },
    'unchanged',
  ],
];

describe('decideOnboard', () => {
  it.each(table)('%s', (_, row, facts, expected) => {
    expect(said(decideOnboard(row, onboardFacts(facts)))).toBe(expected);
  });

  it('makes no user where no insert of ours made the customer, whatever else is known', () => {
    const looks: readonly TenantLook[] = [
      ours(),
      ours({ customerType: undefined }),
      { kind: 'foreign', customer: tenant({ isOurs: false }) },
      { kind: 'denied', failure: failure('PERMISSION_DENIED') },
      { kind: 'teams' },
    ];
    const users = [
      undefined,
      absent,
      denied,
      there(),
      there({ isAdmin: false }),
      there({ givenName: 'Eve' }),
    ];
    const decided = looks.flatMap((look) =>
      users.flatMap((user) =>
        ([undefined, 'some', 'none', 'unknown'] as const).map((hasUsers) =>
          decideOnboard(domainRow(), onboardFacts({ tenant: look, user, hasUsers })),
        ),
      ),
    );

    expect(decided.filter(({ kind }) => kind === 'act')).toEqual([]);
  });

  it('names the token column where the subscriptions have to be transferred first', () => {
    const decision = decideOnboard(
      domainRow(),
      onboardFacts({ tenant: { kind: 'foreign', customer: tenant({ isOurs: false }) } }),
    );

    expect(decision.kind === 'settled' && decision.causes).toMatchObject([
      {
        column: 'auth_token',
        message: expect.stringContaining('transfer the subscriptions first') as string,
      },
    ]);
  });

  it('says that a language came too late, and tells who has not signed in', () => {
    const decision = decideOnboard(
      domainRow({ language_code: 'fr' }),
      onboardFacts({ tenant: ours(), own: whole, user: there() }),
    );

    expect(decision).toMatchObject({
      outcome: 'unchanged',
      plan: {
        tenant: { customerId: 'C01', hasAgreed: false },
        note: expect.stringContaining('the language was not changed to fr') as string,
      },
    });
  });
});

describe('what a look-up that failed means', () => {
  it.each([
    [failure('NOT_FOUND'), 'free'],
    [failure('PERMISSION_DENIED'), 'denied'],
    [failure('INVALID_ARGUMENT', 'Multiple teams exist on this domain'), 'teams'],
    [
      failure(
        'INVALID_ARGUMENT',
        'Customer domain [a.com] is linked to one or more email verified customers, please provide a customer id',
      ),
      'teams',
    ],
    [failure('INVALID_ARGUMENT'), undefined],
    [failure('UNAVAILABLE', 'no', { class: 'transient' }), undefined],
    [failure('PERMISSION_DENIED', 'no', { class: 'run' }), undefined],
  ])('of a customer: %o', (answer, expected) => {
    expect(tenantOfFailure(answer)?.kind).toBe(expected);
  });

  it.each([
    [failure('NOT_FOUND'), 'absent'],
    [failure('FAILED_PRECONDITION'), 'absent'],
    [failure('PERMISSION_DENIED'), 'denied'],
    [failure('INVALID_ARGUMENT'), undefined],
    [failure('TIMEOUT', 'no', { class: 'transient' }), undefined],
  ])('of a user: %o', (answer, expected) => {
    expect(userOfFailure(answer)?.kind).toBe(expected);
  });
});

describe('fitsInsert', () => {
  it.each<readonly [Partial<ResellerCustomer>, boolean]>([
    [{}, true],
    [{ customerDomain: 'ACME.com', organizationName: ' acme ' }, true],
    [{ organizationName: undefined, alternateEmail: undefined }, true],
    [{ customerDomain: 'other.com' }, false],
    [{ organizationName: 'Other' }, false],
    [{ alternateEmail: 'eve@home.org' }, false],
    [{ customerType: 'team' }, false],
  ])('compares what both sides say: %j is %s', (rest, expected) => {
    expect(fitsInsert(domainRow(), tenant(rest))).toBe(expected);
  });

  it('tells teams apart by their admin alone', () => {
    const team = tenant({ customerType: 'team', organizationName: 'Team', alternateEmail: undefined });

    expect(fitsInsert(teamRow(), team)).toBe(false);
    expect(fitsInsert(teamRow(), { ...team, primaryAdminEmail: 'gus@acme.com' })).toBe(true);
    expect(fitsInsert(teamRow(), { ...team, primaryAdminEmail: 'ann@acme.com' })).toBe(false);
  });
});
