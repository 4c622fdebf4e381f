import { describe, expect, it } from 'vitest';
import type { OverwritePolicy } from '../../src/model/action.ts';
import type { Fields } from '../../src/model/customer.ts';
import type { RemoteCustomer } from '../../src/model/remote-customer.ts';
import { decide, type Decision } from '../../src/plan/decide.ts';
import type { Matches } from '../../src/model/matches.ts';
import { aCustomer, aRemote, matches } from '../builders.ts';

/** A decision in one line: what happens, and why not. */
function said(decision: Decision): string {
  if (decision.kind === 'settled') return [decision.outcome, decision.cause?.code].filter(Boolean).join(' ');
  return decision.plan.steps
    .map((step) =>
      step.kind === 'import'
        ? `import overwrite=${step.overwriteIfExists}${step.customer === undefined ? '' : ' into customer'}`
        : step.kind,
    )
    .join(', ');
}

function decided(overwrite: OverwritePolicy, fields: Fields, found: Matches): string {
  return said(decide(aCustomer(fields, { overwrite }), { matches: found, partnerLinkExists: true }));
}

const row: Fields = { id: '7', domain: 'acme.com', org_display_name: 'Acme', region_code: 'DE' };
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
    const decision = decide(aCustomer(row, { action: 'skip' }), {
      matches: matches({ domain: [{ ...same, orgDisplayName: 'other' }] }),
      partnerLinkExists: true,
    });

    expect(said(decision)).toBe('skipped');
  });

  it('blocks a row whose channel partner has no link', () => {
    const decision = decide(aCustomer({ ...row, channel_partner_id: 'C0p1' }), {
      matches: matches(),
      partnerLinkExists: false,
    });

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

  it.each(['auto', 'create', 'provision', 'onboard'] as const)(
    'does not guess what %s is for an unlinked row',
    (action) => {
      const decision = decide(aCustomer(row, { action }), { matches: matches(), partnerLinkExists: true });

      expect(said(decision)).toBe('unprocessed action.not_available');
    },
  );

  it('does not call a customer unchanged that still lacks the Cloud Identity for its admin', () => {
    const found = matches({ domain: [{ ...same, cloudIdentityId: undefined }] });

    expect(decided('never', { ...row, admin_email: 'a@acme.com' }, found)).toBe(
      'unprocessed action.not_available',
    );
  });
});
