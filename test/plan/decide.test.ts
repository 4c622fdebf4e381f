import { describe, expect, it } from 'vitest';
import type { OverwritePolicy } from '../../src/model/action.ts';
import type { Fields } from '../../src/model/customer.ts';
import type { RemoteCustomer } from '../../src/model/remote-customer.ts';
import { decide, type Decision } from '../../src/plan/decide.ts';
import type { Matches } from '../../src/model/matches.ts';
import { aCustomer, aRemote, facts, matches } from '../builders.ts';

/** A decision in one line: what happens, and why not. */
function said(decision: Decision): string {
  if (decision.kind === 'ask') return `ask ${Object.values(decision.query).join(' ')}`;
  if (decision.kind === 'look') return `look at ${decision.customer}`;
  if (decision.kind === 'list') return 'list';
  if (decision.kind !== 'settled' && decision.kind !== 'act') return `ask for ${decision.kind}`;
  if (decision.kind === 'settled')
    return [decision.outcome, decision.causes.map(({ code }) => code).join(',')].filter(Boolean).join(' ');
  return decision.plan.steps
    .map((step) =>
      step.kind === 'import'
        ? `import overwrite=${step.overwriteIfExists}${step.customer === undefined ? '' : ' into customer'}`
        : step.kind,
    )
    .join(', ');
}

function decided(overwrite: OverwritePolicy, fields: Fields, found: Matches): string {
  return said(decide(aCustomer(fields, { overwrite }), facts({ matches: found })));
}

const row: Fields = { id: '7', domain: 'acme.com', org_display_name: 'Acme', region_code: 'DE' };
const newRow: Fields = {
  domain: 'acme.com',
  org_display_name: 'Acme',
  region_code: 'DE',
  postal_code: '10115',
  address_line_1: 'Weg 1',
};

const same = aRemote({ orgDisplayName: 'Acme', correlationId: '7', orgPostalAddress: { regionCode: 'DE' } });

const table: readonly (readonly [
  situation: string,
  fields: Fields,
  remote: RemoteCustomer | undefined,
  never: string,
  safe: string,
  always: string,
])[] = [
  [
    'not linked',
    row,
    undefined,
    'import overwrite=false',
    'import overwrite=false, patch',
    'import overwrite=true, patch',
  ],
  ['linked and equal', row, same, 'unchanged', 'unchanged', 'unchanged'],
  ['an ordinary field differs', row, { ...same, orgDisplayName: 'Akme' }, 'skipped', 'patch', 'patch'],
  [
    'the region differs',
    row,
    { ...same, orgPostalAddress: { regionCode: 'US' } },
    'blocked policy.critical_difference',
    'blocked policy.critical_difference',
    'import overwrite=true into customer, patch',
  ],
  [
    'the domain differs',
    row,
    { ...same, domain: 'old-acme.com' },
    'blocked policy.critical_difference',
    'blocked policy.critical_difference',
    'import overwrite=true into customer, patch',
  ],
  ['Google has no correlationId', row, { ...same, correlationId: undefined }, 'skipped', 'patch', 'patch'],
  [
    'Google has another correlationId',
    row,
    { ...same, correlationId: '8' },
    'blocked policy.other_correlation_id',
    'blocked policy.other_correlation_id',
    'patch',
  ],
  [
    'another partner',
    { ...row, channel_partner_id: 'C0p1' },
    { ...same, channelPartnerId: 'C0p2' },
    'blocked policy.other_partner',
    'blocked policy.other_partner',
    'blocked policy.other_partner',
  ],
  [
    'no partner at Google where the book names one',
    { ...row, channel_partner_id: 'C0p1' },
    same,
    'blocked policy.other_partner',
    'blocked policy.other_partner',
    'blocked policy.other_partner',
  ],
  [
    'the Cloud Identity that the row names is not at the customer yet',
    { ...row, cloud_identity_id: 'C0acme' },
    { ...same, cloudIdentityId: undefined },
    'blocked policy.critical_difference',
    'blocked policy.critical_difference',
    'import overwrite=true into customer, patch',
  ],
];

describe('decide', () => {
  it.each(table)('%s', (_, fields, remote, never, safe, always) => {
    const found = remote === undefined ? matches() : matches({ domain: [remote] });

    const said = (['never', 'safe', 'always'] as const).map((policy) => decided(policy, fields, found));

    expect(said).toEqual([never, safe, always]);
  });

  it('leaves a row with action skip alone, whatever Google has', () => {
    const found = matches({ domain: [{ ...same, orgDisplayName: 'other' }] });

    const decision = decide(aCustomer(row, { action: 'skip' }), facts({ matches: found }));

    expect(said(decision)).toBe('skipped');
  });

  it('blocks a row whose channel partner has no link', () => {
    const customer = aCustomer({ ...row, channel_partner_id: 'C0p1' });

    const decision = decide(customer, facts({ partnerLinkExists: false }));

    expect(said(decision)).toBe('blocked policy.no_partner_link');
  });

  it('blocks a row that several customers match', () => {
    const found = matches({ domain: [same, { ...same, name: 'accounts/C1/customers/S2' }] });

    expect(decided('always', row, found)).toBe('blocked policy.several_matches');
  });

  it('sends the customer that an unlinked row names along with its import', () => {
    const fields = { ...row, customer: 'accounts/C1/customers/S9' };

    expect(decided('never', fields, matches({ customer: [] }))).toBe('import overwrite=false into customer');
  });

  it('keeps a reviewed refusal: a Cloud Identity of another name on the domain blocks the row', () => {
    const identities = [{ existing: true, owned: false, cloudIdentityId: 'C0other' }];
    const customer = aCustomer({ ...row, cloud_identity_id: 'C0acme' }, { action: 'auto' });

    expect(said(decide(customer, facts({ identities })))).toBe('blocked policy.contradicting_identifiers');
  });

  it('imports what the row itself names where Google lists several', () => {
    const identities = [
      { existing: true, owned: false, cloudIdentityId: 'C0acme' },
      { existing: true, owned: false, cloudIdentityId: 'C0team' },
    ];
    const customer = aCustomer({ ...row, cloud_identity_id: 'C0team' }, { action: 'auto' });

    expect(said(decide(customer, facts({ identities })))).toBe('import overwrite=false');
  });

  it('asks by the address of a team, on its domain', () => {
    const customer = aCustomer({ primary_admin_email: 'ann@acme.com' }, { action: 'auto', type: 'team' });

    expect(said(decide(customer, facts()))).toBe('ask acme.com ann@acme.com');
  });

  it('never imports a team by the domain that it shares', () => {
    const identities = [{ existing: true, owned: false, cloudIdentityId: 'C0team' }];
    const customer = aCustomer({ id: '7', domain: 'acme.com' }, { action: 'auto', type: 'team' });

    expect(said(decide(customer, facts({ identities })))).toBe('blocked policy.unnamed_team');
  });

  it('imports a named Cloud Identity without asking where no domain is given', () => {
    const customer = aCustomer({ cloud_identity_id: 'C0acme' }, { action: 'auto' });

    expect(said(decide(customer, facts()))).toBe('import overwrite=false');
  });

  it('creates no team that Google has under its name', () => {
    const whole = { ...newRow, id: '7' };
    const customer = aCustomer(whole, { action: 'create', type: 'team' });

    expect(said(decide(customer, facts({ namesakes: ['accounts/C1/customers/S1'] })))).toBe(
      'blocked policy.same_team',
    );
  });

  it.each(['auto', 'create'] as const)(
    'creates nothing for a row whose action is %s and whose named customer is not there',
    (action) => {
      const customer = aCustomer({ ...newRow, customer: 'accounts/C1/customers/S9' }, { action });

      const known = { identities: [] };

      expect(said(decide(customer, facts(known)))).toBe('look at accounts/C1/customers/S9');
      expect(said(decide(customer, facts({ ...known, isAbsent: true })))).toBe(
        'blocked policy.no_such_customer',
      );
    },
  );

  it('tells every cell that an auto row lacks to be created', () => {
    const rest = { domain: 'acme.com', region_code: 'DE', postal_code: '10115' };

    const decision = decide(aCustomer(rest, { action: 'auto' }), facts({ identities: [] }));

    expect(decision).toMatchObject({
      kind: 'settled',
      outcome: 'invalid',
      causes: [
        { code: 'cell.required', column: 'org_display_name' },
        { code: 'cell.required', column: 'address_line_1' },
      ],
    });
  });

  it('lists everything before it creates a customer whose id no filter would have found', () => {
    const unlisted = facts({ identities: [], isListed: false });

    expect(said(decide(aCustomer({ ...newRow, id: '7' }, { action: 'auto' }), unlisted))).toBe('list');
    expect(said(decide(aCustomer(newRow, { action: 'auto' }), unlisted))).toBe('create');
  });

  it.each(['auto', 'import', 'create'] as const)(
    'looks for the customer that an earlier run had for a row of action %s before anything else',
    (action) => {
      const remembered = 'accounts/C1/customers/S9';

      expect(said(decide(aCustomer(newRow, { action }), facts({ remembered })))).toBe(
        `look at ${remembered}`,
      );
    },
  );

  it('knows a provisioning that an earlier run sent and never heard of', () => {
    const found = matches({ domain: [{ ...same, cloudIdentityId: undefined }] });
    const customer = aCustomer({ ...row, admin_email: 'a@acme.com' }, { action: 'auto' });

    expect(
      decide(customer, facts({ matches: found, provisionsInDoubt: new Set([same.name]) })),
    ).toMatchObject({ plan: { steps: [{ kind: 'provision', inDoubt: true }] } });
  });

  it('waits for the operation that an earlier run began instead of beginning another', () => {
    const found = matches({ domain: [{ ...same, cloudIdentityId: undefined }] });
    const operations = new Map([[same.name, 'operations/1']]);
    const customer = aCustomer({ ...row, admin_email: 'a@acme.com' }, { action: 'auto' });

    expect(decide(customer, facts({ matches: found, operations }))).toMatchObject({
      plan: { action: 'provision', steps: [{ kind: 'provision', operation: 'operations/1' }] },
    });
  });
});

/** Every combination, against rules that say the contract's table once more: the first that fits holds. */
describe('the decision table', () => {
  const links = [
    'none',
    'same',
    'ordinary',
    'critical',
    'partner',
    'correlation',
    'several',
    'contradiction',
  ] as const;
  const identities = ['none', 'one', 'several', 'owned'] as const;
  const actions = ['auto', 'import', 'create', 'provision', 'onboard', 'skip'] as const;
  const policies = ['never', 'safe', 'always'] as const;

  interface Case {
    readonly link: (typeof links)[number];
    /** What Google knows on the domain, and whether the linked customer has a Cloud Identity. */
    readonly identity: (typeof identities)[number];
    readonly hasIdentity: boolean;
    readonly admin: boolean;
    readonly action: (typeof actions)[number];
    readonly policy: (typeof policies)[number];
  }

  function isLinked({ link }: Case): boolean {
    return ['same', 'ordinary', 'critical', 'partner', 'correlation'].includes(link);
  }
  /** Linked by the snapshot, or because Google names the customer that owns the Cloud Identity. */
  function lacksIdentity({ admin, hasIdentity }: Case): boolean {
    return admin && !hasIdentity;
  }
  function overwrites({ policy }: Case): boolean {
    return policy !== 'never';
  }
  function imported({ policy }: Case): string {
    return `import overwrite=${policy === 'always'}${policy === 'never' ? '' : ', patch'}`;
  }
  function created({ admin }: Case): string {
    return admin ? 'create, provision' : 'create';
  }

  const rules: readonly (readonly [fits: (c: Case) => boolean, says: (c: Case) => string])[] = [
    [(c) => c.action === 'skip', () => 'skipped'],
    [(c) => c.action === 'onboard', () => 'ask for tenant'],
    [(c) => c.link === 'several', () => 'blocked policy.several_matches'],
    [(c) => c.link === 'contradiction', () => 'blocked policy.contradicting_identifiers'],
    [(c) => c.link === 'partner', () => 'blocked policy.other_partner'],
    [(c) => c.link === 'correlation' && c.policy !== 'always', () => 'blocked policy.other_correlation_id'],
    [(c) => c.link === 'critical' && c.policy !== 'always', () => 'blocked policy.critical_difference'],
    [(c) => c.link === 'critical', () => 'import overwrite=true into customer, patch'],
    [(c) => isLinked(c) && c.link !== 'same' && overwrites(c) && lacksIdentity(c), () => 'patch, provision'],
    [(c) => isLinked(c) && lacksIdentity(c), () => 'provision'],
    [(c) => c.link === 'same', () => 'unchanged'],
    [(c) => isLinked(c) && overwrites(c), () => 'patch'],
    [(c) => isLinked(c), () => 'skipped'],
    [(c) => c.action === 'import', imported],
    [(c) => c.action === 'create', created],
    [(c) => c.action === 'provision', () => 'blocked policy.no_customer'],
    [(c) => c.identity === 'none', created],
    [(c) => c.identity === 'one', imported],
    [(c) => c.identity === 'several', () => 'blocked policy.several_identities'],
    [(c) => c.identity === 'owned', () => 'unchanged'],
  ];

  const cells: Fields = { ...newRow, id: '7', channel_partner_id: 'C0p1' };
  const equal = aRemote({
    orgDisplayName: 'Acme',
    correlationId: '7',
    channelPartnerId: 'C0p1',
    orgPostalAddress: { regionCode: 'DE', postalCode: '10115', addressLines: ['Weg 1'] },
  });

  function remoteOf({ link, hasIdentity }: Case): RemoteCustomer {
    const remote = { ...equal, cloudIdentityId: hasIdentity ? 'C0acme' : undefined };
    if (link === 'ordinary') return { ...remote, orgDisplayName: 'Akme' };
    if (link === 'critical')
      return { ...remote, orgPostalAddress: { ...equal.orgPostalAddress, regionCode: 'US' } };
    if (link === 'partner') return { ...remote, channelPartnerId: 'C0p2' };
    if (link === 'correlation') return { ...remote, correlationId: '8' };
    return remote;
  }

  function matchesOf(c: Case): Matches {
    const other = { ...equal, name: 'accounts/C1/customers/S2' };
    if (c.link === 'several') return matches({ domain: [equal, other] });
    if (c.link === 'contradiction') return matches({ id: [equal], domain: [other] });
    return isLinked(c) ? matches({ domain: [remoteOf(c)] }) : matches();
  }

  function identitiesOf({ identity }: Case): NonNullable<ReturnType<typeof facts>['identities']> {
    const one = { existing: true, owned: identity === 'owned', cloudIdentityId: 'C0acme' };
    if (identity === 'none') return [];
    return identity === 'several' ? [one, { ...one, cloudIdentityId: 'C0b' }] : [one];
  }

  const cases: readonly Case[] = links.flatMap((link) =>
    identities.flatMap((identity) =>
      [true, false].flatMap((hasIdentity) =>
        [true, false].flatMap((admin) =>
          actions.flatMap((action) =>
            policies.map((policy) => ({ link, identity, hasIdentity, admin, action, policy })),
          ),
        ),
      ),
    ),
  );

  it.each(policies)('holds for every combination under %s', (policy) => {
    const wrong = cases
      .filter((c) => c.policy === policy)
      .flatMap((c) => {
        const admin = { admin_email: 'a@acme.com', admin_given_name: 'A', admin_family_name: 'B' };
        const customer = aCustomer(c.admin ? { ...cells, ...admin } : cells, {
          action: c.action,
          overwrite: c.policy,
        });
        const holder = { customer: equal, partner: 'C0p1' };
        const decision = decide(
          customer,
          facts({
            matches: matchesOf(c),
            identities: identitiesOf(c),
            identityHolder: c.identity === 'owned' ? holder : undefined,
          }),
        );
        const expected = rules.find(([fits]) => fits(c))?.[1](c);
        return said(decision) === expected ? [] : [{ ...c, said: said(decision), expected }];
      });

    expect(wrong).toEqual([]);
  });

  it('asks Google about auto rows alone, and only where the snapshot leaves them open', () => {
    const asked = cases.filter((c) => {
      const customer = aCustomer(cells, { action: c.action, overwrite: c.policy });
      return decide(customer, facts({ matches: matchesOf(c) })).kind === 'ask';
    });

    expect(new Set(asked.map(({ link, action }) => `${link} ${action}`))).toEqual(new Set(['none auto']));
  });
});
