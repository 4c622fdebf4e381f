import { describe, expect, it } from 'vitest';
import type { CheckedRow, Problem } from '../../src/model/customer.ts';
import { RULES, type RuleId } from '../../src/validate/rules.ts';
import {
  checkAll,
  checkOne,
  checkRead,
  FULL_ROW,
  ONBOARD,
  ONBOARD_TEAM,
  problemsOf,
  type Cells,
} from './a-row.ts';

/** A row that breaks the rule, and no other. */
const BROKEN: Readonly<Record<RuleId, () => CheckedRow>> = {
  'row.empty': () => checkRead(['id', 'domain'], { cells: ['', ''] }),
  'row.ragged': () => checkRead(['id', 'domain'], { cells: ['1', 'example.com', 'x'] }),
  'row.stray_quote': () => checkRead(['id', 'domain'], { cells: ['1', '"a"b'], strayQuote: true }),
  'row.key': () => checkOne({ action: 'skip', id: '', locality: 'Berlin' }),
  'row.duplicate_key': () => second({ id: '1', domain: 'a.com' }, { id: '1', domain: 'b.com' }),
  'row.identity': () => checkOne({ id: '1', domain: '' }),
  'cell.control_character': () => checkOne({ domain: 'a.com', locality: 'Ber\0lin' }),
  'cell.too_long': () => checkOne({ domain: 'a.com', Notes: 'x'.repeat(10_001) }),
  'cell.scientific_notation': () => checkOne({ domain: 'a.com', phone: '4.9E+10' }),
  'cell.required': () => checkOne({ ...CREATE, org_display_name: '' }),
  'text.too_long': () => checkOne({ domain: 'a.com', org_display_name: 'x'.repeat(256) }),
  'text.invisible': () => checkOne({ domain: 'a.com', org_display_name: '\u200b' }),
  'contact_name.too_long': () =>
    checkOne({ ...ONBOARD, contact_first_name: 'x'.repeat(130), contact_last_name: 'y'.repeat(130) }),
  'name.too_long': () => checkOne({ ...FULL_ROW, admin_given_name: 'x'.repeat(41) }),
  'name.characters': () => checkOne({ ...FULL_ROW, admin_given_name: 'Ada <ada@example.com>' }),
  'email.syntax': () => checkOne({ domain: 'a.com', contact_email: 'jo.a.com' }),
  'phone.syntax': () => checkOne({ domain: 'a.com', phone: 'ask Jo' }),
  'phone.national': () => checkOne({ domain: 'a.com', phone: '030 12345678' }),
  'phone.impossible': () => checkOne({ domain: 'a.com', phone: '+999123456' }),
  'phone.not_in_use': () => checkOne({ ...ONBOARD, phone: '+12000000000' }),
  'action.unknown': () => checkOne({ domain: 'a.com', action: 'imprt' }),
  'action.contradiction': () => checkOne({ ...CREATE, auth_token: 'token' }),
  'overwrite.unknown': () => checkOne({ domain: 'a.com', overwrite: 'yes' }),
  'customer_type.unknown': () => checkOne({ domain: 'a.com', customer_type: 'school' }),
  'domain.syntax': () => checkOne({ domain: 'exa mple.com' }),
  'domain.email': () => checkOne({ domain: 'jo@example.com' }),
  'domain.url': () => checkOne({ domain: 'https://example.com/' }),
  'domain.ip': () => checkOne({ domain: '192.0.2.1' }),
  'domain.public_suffix': () => checkOne({ domain: 'co.uk' }),
  'domain.unknown_suffix': () => checkOne({ domain: 'example.con' }),
  'domain.duplicate': () => second({ domain: 'a.com' }, { domain: 'A.com.' }),
  'region_code.unknown': () => checkOne({ domain: 'a.com', region_code: 'XX' }),
  'postal_code.format': () => checkOne({ domain: 'a.com', region_code: 'NL', postal_code: '1234' }),
  'postal_code.leading_zero': () => checkOne({ domain: 'a.com', region_code: 'US', postal_code: '2139' }),
  'language_code.unknown': () => checkOne({ domain: 'a.com', language_code: 'german' }),
  'alternate_email.own_domain': () => checkOne({ domain: 'a.com', alternate_email: 'jo@a.com' }),
  'alternate_email.admin': () =>
    checkOne({ ...PROVISION, admin_email: 'jo@a.com', alternate_email: 'Jo@A.com' }),
  'contact_email.other_domain': () => checkOne({ domain: 'a.com', contact_email: 'jo@b.com' }),
  'admin_email.other_domain': () => checkOne({ ...FULL_ROW, admin_email: 'jo@b.com' }),
  'admin_email.user_name': () => checkOne({ ...ONBOARD, admin_email: 'jo+admin@a.com' }),
  'admin_email.reserved': () => checkOne({ ...ONBOARD, admin_email: 'postmaster@a.com' }),
  'admin_email.duplicate': () => second({ ...PROVISION, id: '1' }, { ...PROVISION, id: '2' }),
  'admin_email.unused': () => checkOne({ ...ONBOARD_TEAM, admin_email: 'jo@a.com' }),
  'admin.incomplete': () => checkOne({ ...FULL_ROW, admin_given_name: '' }),
  'primary_admin_email.other_domain': () => checkOne({ ...ONBOARD_TEAM, domain: 'b.com' }),
  'primary_admin_email.duplicate': () => second({ ...ONBOARD_TEAM, id: '1' }, { ...ONBOARD_TEAM, id: '2' }),
  'cloud_identity_id.syntax': () => checkOne({ cloud_identity_id: 'example.com' }),
  'cloud_identity_id.account': () => checkOne({ cloud_identity_id: 'C0reseller' }),
  'cloud_identity_id.duplicate': () =>
    second({ id: '1', cloud_identity_id: 'C0abc' }, { id: '2', cloud_identity_id: 'C0abc' }),
  'channel_partner_id.syntax': () => checkOne({ domain: 'a.com', channel_partner_id: 'partner' }),
  'channel_partner_id.account': () => checkOne({ domain: 'a.com', channel_partner_id: 'C0reseller' }),
  'channel_partner_id.required': () => checkOne({ domain: 'a.com' }, { requireChannelPartner: true }),
  'customer.syntax': () => checkOne({ domain: 'a.com', customer: 'customers/S1' }),
  'customer.other_account': () => checkOne({ domain: 'a.com', customer: 'accounts/C9/customers/S1' }),
  'customer.unused': () => checkOne({ ...ONBOARD_TEAM, customer: 'accounts/C0reseller/customers/S1' }),
  'auth_token.characters': () => checkOne({ domain: 'a.com', auth_token: 'to ken' }),
  'auth_token.repeated': () => checkOne({ domain: 'a.com', auth_token: 'abcdefgh', locality: 'xABCDEFGH' }),
  'auth_token_created.syntax': () => checkOne({ domain: 'a.com', auth_token_created: '31.12.2026' }),
  'auth_token_created.future': () => checkOne({ domain: 'a.com', auth_token_created: '2026-11-22' }),
  'auth_token_created.expired': () =>
    checkOne({ domain: 'a.com', auth_token: 't', auth_token_created: '2026-11-05' }),
  'auth_token.unused': () => checkOne({ ...ONBOARD, auth_token: 'token' }),
};

const CREATE: Cells = {
  action: 'create',
  domain: 'a.com',
  org_display_name: 'A',
  region_code: 'DE',
  postal_code: '10115',
  address_line_1: 'Weg 1',
};

const PROVISION: Cells = {
  action: 'provision',
  id: '1',
  admin_email: 'admin@a.com',
  admin_given_name: 'Ada',
  admin_family_name: 'Min',
};

/** Rules that leave the row valid. */
const ONLY_WARNED: readonly RuleId[] = [
  'phone.not_in_use',
  'admin_email.unused',
  'customer.unused',
  'auth_token_created.expired',
  'auth_token.unused',
];

function second(first: Cells, other: Cells): CheckedRow {
  const [, checked] = checkAll([first, other]);
  if (checked === undefined) throw new Error('no second row');
  return checked;
}

function told(checked: CheckedRow): readonly Problem[] {
  return [...problemsOf(checked), ...checked.warnings];
}

describe('RULES', () => {
  it.each(RULES.map(({ id }) => id))(
    '%s is told of a row that breaks it, alone, and of no right row',
    (id) => {
      expect(told(BROKEN[id]()).map(({ rule }) => rule)).toEqual([id]);
      const valid = [FULL_ROW, CREATE, ONBOARD, ONBOARD_TEAM, PROVISION].map((row) => checkOne(row));
      expect(valid.map(({ kind }) => kind)).toEqual(['valid', 'valid', 'valid', 'valid', 'valid']);
      expect(valid.flatMap(told)).toEqual([]);
    },
  );

  it.each(RULES.map(({ id }) => id))('%s is told in one ASCII sentence, with an ASCII hint', (id) => {
    for (const { message, hint } of told(BROKEN[id]())) {
      expect(message).toMatch(/^[ -~]+\.$/);
      expect(hint).toMatch(/^[ -~]+[.?]$/);
    }
  });

  it('is one table without a double', () => {
    const ids = RULES.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it('leaves a row valid that is only warned about, and its page says so', () => {
    const warned = RULES.filter(({ id }) => BROKEN[id]().kind === 'valid');
    expect(warned.map(({ id }) => id)).toEqual(ONLY_WARNED);
    expect(RULES.filter(({ summary }) => summary.includes('is warned about'))).toEqual(warned);
  });

  it('shows nothing of a cell where it warns: the first warning stands for all rows with its rule', () => {
    const rows: readonly Cells[] = [
      { ...ONBOARD, phone: '+12000000000', auth_token: 'Sup3rSecret' },
      { ...ONBOARD, domain: 'b.org', admin_email: 'admin@b.org', phone: '+12000000001', auth_token: 'other' },
    ];
    const [first, other] = checkAll(rows).map(({ warnings }) => warnings);
    expect(first).toEqual(other);
    expect(first).toHaveLength(2);
  });
});
