import type { WorldInput } from '../../src/emulator/world.ts';
import { pick } from '../book/random.ts';
import { chance, type Random } from './randomness.ts';

export type Cells = Readonly<Record<string, string>>;

/** The writes at Google, in the words of the ledger's steps. */
export type Write = 'import' | 'create' | 'patch' | 'provision' | 'insert' | 'language' | 'user' | 'admin';

/** A row of the book, with what must come of it. */
export interface CampaignRow {
  readonly key: string;
  /** No other row has it: what Google's log says of the domain, an address on it or a customer that has it is about this row. */
  readonly domain: string;
  readonly cells: Cells;
  /** `well`: done, or unchanged where it is so already. */
  readonly ends: 'well' | 'blocked' | 'failed' | 'invalid';
  /** The writes that may come of it; any other is one that nothing explains. */
  readonly writes: readonly Write[];
  readonly atGoogle: AtGoogle;
}

/** What Google has of a row that ended well. */
export interface AtGoogle {
  readonly customer?: {
    readonly hasIdentity: boolean;
    readonly orgDisplayName?: string;
    readonly regionCode?: string;
    readonly correlationId?: string;
    readonly partner?: string;
  };
  readonly tenant?: { readonly admin?: string; readonly language?: string };
}

export interface DrawnRow {
  readonly row: CampaignRow;
  readonly world: Pick<WorldInput, 'identities' | 'customers'>;
}

/** What every kind is drawn from. */
interface Draw {
  readonly domain: string;
  readonly account: string;
  readonly random: Random;
}

type Drawn = Omit<CampaignRow, 'domain' | 'key'> & { readonly world?: DrawnRow['world'] };
type Identity = NonNullable<WorldInput['identities']>[number];
type RemoteCustomer = NonNullable<WorldInput['customers']>[number];

export const PARTNER = 'C0partner';

/** Every kind of row that a campaign's book may have, by what becomes of it. */
export const ROW_KINDS = {
  import: importOf,
  'import-with-token': importWithToken,
  'import-and-patch': importAndPatch,
  'import-for-partner': importForPartner,
  'import-team': importTeam,
  create: createOf,
  'create-by-domain': createByDomain,
  'create-for-partner': createForPartner,
  'create-and-provision': createAndProvision,
  provision: provisionOf,
  update: updateOf,
  'import-over': importOver,
  onboard: onboardOf,
  'onboard-with-language': onboardWithLanguage,
  'onboard-team': onboardTeam,
  unchanged: unchanged,
  denied: denied,
  unknown: unknown,
  invalid: invalid,
} as const satisfies Readonly<Record<string, (draw: Draw) => Drawn>>;

export type RowKind = keyof typeof ROW_KINDS;

/** Draws a row of that kind. */
export function aRow(kind: RowKind, draw: Draw): DrawnRow {
  const { world = {}, ...drawn }: Drawn = ROW_KINDS[kind](draw);
  const {
    id = '',
    domain = '',
    primary_admin_email: admin = '',
    cloud_identity_id: identity = '',
  } = drawn.cells;
  const key = [id, domain, identity, admin].find((cell) => cell !== '') ?? '';
  return { row: { ...drawn, key, domain: draw.domain }, world };
}

function importOf({ domain, random }: Draw): Drawn {
  const identity = anIdentity(domain, { consent: true });
  const named: Cells = chance(random, 50) ? { domain } : { cloud_identity_id: identity.cloudIdentityId };
  return {
    cells: { ...named, action: orAuto(random, 'import', named['domain'] !== undefined) },
    ends: 'well',
    writes: ['import'],
    atGoogle: { customer: { hasIdentity: true } },
    world: { identities: [identity] },
  };
}

function importWithToken({ domain, random }: Draw): Drawn {
  const token = `tok-${domain.split('.')[0] ?? ''}-${random(1_000_000)}-${random(1_000_000)}`;
  return {
    cells: { domain, action: 'import', auth_token: token },
    ends: 'well',
    writes: ['import'],
    atGoogle: { customer: { hasIdentity: true } },
    world: { identities: [anIdentity(domain, { tokens: [{ token, createdAt: '-1d' }] })] },
  };
}

function importAndPatch({ domain, random }: Draw): Drawn {
  const name = `Book name of ${domain}`;
  return {
    cells: {
      id: `K-${domain}`,
      domain,
      org_display_name: name,
      action: orAuto(random, 'import'),
      overwrite: 'safe',
    },
    ends: 'well',
    writes: ['import', 'patch'],
    atGoogle: { customer: { hasIdentity: true, orgDisplayName: name, correlationId: `K-${domain}` } },
    world: { identities: [anIdentity(domain, { consent: true })] },
  };
}

function importForPartner({ domain }: Draw): Drawn {
  return {
    cells: { domain, action: 'import', channel_partner_id: PARTNER },
    ends: 'well',
    writes: ['import'],
    atGoogle: { customer: { hasIdentity: true, partner: PARTNER } },
    world: { identities: [anIdentity(domain, { consent: true, channelPartnerId: PARTNER })] },
  };
}

function importTeam({ domain }: Draw): Drawn {
  const admin = `lead@${domain}`;
  return {
    cells: { customer_type: 'team', primary_admin_email: admin, action: 'import' },
    ends: 'well',
    writes: ['import'],
    atGoogle: { customer: { hasIdentity: true } },
    world: {
      identities: [anIdentity(domain, { consent: true, customerType: 'TEAM', primaryAdminEmail: admin })],
    },
  };
}

function createOf({ domain, random }: Draw): Drawn {
  return {
    cells: { ...fullCells(domain), id: `K-${domain}`, action: orAuto(random, 'create') },
    ends: 'well',
    writes: ['create'],
    atGoogle: { customer: { hasIdentity: false, correlationId: `K-${domain}` } },
  };
}

/** Without an id of its own: its domain is all that tells whether it is there already. */
function createByDomain({ domain, random }: Draw): Drawn {
  return {
    cells: { ...fullCells(domain), action: orAuto(random, 'create') },
    ends: 'well',
    writes: ['create'],
    atGoogle: { customer: { hasIdentity: false } },
  };
}

function createForPartner({ domain }: Draw): Drawn {
  return {
    cells: { ...fullCells(domain), id: `K-${domain}`, action: 'create', channel_partner_id: PARTNER },
    ends: 'well',
    writes: ['create'],
    atGoogle: { customer: { hasIdentity: false, correlationId: `K-${domain}`, partner: PARTNER } },
  };
}

function createAndProvision({ domain, random }: Draw): Drawn {
  return {
    cells: {
      ...fullCells(domain),
      ...adminCells(domain),
      id: `K-${domain}`,
      action: orAuto(random, 'create'),
    },
    ends: 'well',
    writes: ['create', 'provision'],
    atGoogle: { customer: { hasIdentity: true, correlationId: `K-${domain}` } },
  };
}

function provisionOf({ domain, account, random }: Draw): Drawn {
  return {
    cells: { domain, ...adminCells(domain), action: orAuto(random, 'provision') },
    ends: 'well',
    writes: ['provision'],
    atGoogle: { customer: { hasIdentity: true } },
    world: { customers: [{ ...aRemoteCustomer(domain, account), cloudIdentityId: undefined }] },
  };
}

function updateOf({ domain, account, random }: Draw): Drawn {
  const name = `New name of ${domain}`;
  return {
    cells: { domain, org_display_name: name, overwrite: pick(random, ['safe', 'always']), action: '' },
    ends: 'well',
    writes: ['patch'],
    atGoogle: { customer: { hasIdentity: true, orgDisplayName: name } },
    world: { customers: [aRemoteCustomer(domain, account)] },
  };
}

/** The region differs, which only an import brings in. */
function importOver({ domain, account }: Draw): Drawn {
  const name = `New name of ${domain}`;
  const identity = anIdentity(domain, { consent: true });
  const address = { regionCode: 'FR', postalCode: '75001', locality: 'Paris', addressLines: ['Rue 1'] };
  return {
    cells: { domain, region_code: 'DE', org_display_name: name, overwrite: 'always', action: '' },
    ends: 'well',
    writes: ['import', 'patch'],
    atGoogle: { customer: { hasIdentity: true, orgDisplayName: name, regionCode: 'DE' } },
    world: {
      identities: [identity],
      customers: [{ ...aRemoteCustomer(domain, account), orgPostalAddress: address }],
    },
  };
}

function onboardOf({ domain }: Draw): Drawn {
  const admin = adminCells(domain);
  return {
    cells: { ...onboardCells(domain), ...admin },
    ends: 'well',
    writes: ['insert', 'user', 'admin'],
    atGoogle: { tenant: { admin: admin['admin_email'] ?? '', language: 'en' } },
  };
}

function onboardWithLanguage(draw: Draw): Drawn {
  const drawn = onboardOf(draw);
  return {
    ...drawn,
    cells: { ...drawn.cells, language_code: 'de' },
    writes: ['insert', 'language', 'user', 'admin'],
    atGoogle: { tenant: { ...drawn.atGoogle.tenant, language: 'de' } },
  };
}

function onboardTeam({ domain }: Draw): Drawn {
  return {
    cells: {
      ...onboardCells(domain),
      domain: '',
      customer_type: 'team',
      primary_admin_email: `lead@${domain}`,
    },
    ends: 'well',
    writes: ['insert'],
    atGoogle: { tenant: {} },
  };
}

function unchanged({ domain, account }: Draw): Drawn {
  return {
    cells: { domain, action: '' },
    ends: 'well',
    writes: [],
    atGoogle: { customer: { hasIdentity: true } },
    world: { customers: [aRemoteCustomer(domain, account)] },
  };
}

function denied({ domain }: Draw): Drawn {
  return {
    cells: { domain, action: 'import' },
    ends: 'blocked',
    writes: [],
    atGoogle: {},
    world: { identities: [anIdentity(domain)] },
  };
}

function unknown({ domain }: Draw): Drawn {
  return { cells: { domain, action: 'import' }, ends: 'failed', writes: [], atGoogle: {} };
}

function invalid({ domain }: Draw): Drawn {
  const cells = { id: `K-${domain}`, domain: `not ${domain}`, action: 'import' };
  return { cells, ends: 'invalid', writes: [], atGoogle: {} };
}

/** A row without an action of its own is decided by what Google knows. */
function orAuto(random: Random, action: string, isKnown = true): string {
  return isKnown && chance(random, 40) ? '' : action;
}

function fullCells(domain: string): Cells {
  return {
    domain,
    org_display_name: `Company ${domain}`,
    region_code: 'DE',
    postal_code: '10115',
    address_line_1: 'Weg 1',
  };
}

function onboardCells(domain: string): Cells {
  return {
    ...fullCells(domain),
    id: `K-${domain}`,
    contact_first_name: 'Ada',
    contact_last_name: 'Berg',
    alternate_email: 'ada@private.example',
    action: 'onboard',
  };
}

function adminCells(domain: string): Cells {
  return { admin_email: `admin@${domain}`, admin_given_name: 'Ada', admin_family_name: 'Berg' };
}

function anIdentity(domain: string, parts: Partial<Identity> = {}): Identity {
  return {
    cloudIdentityId: identityOf(domain),
    domain,
    orgDisplayName: `Org of ${domain}`,
    orgPostalAddress: anAddress(),
    alternateEmail: 'owner@mail.example',
    languageCode: 'en',
    ...parts,
  };
}

function aRemoteCustomer(domain: string, account: string): RemoteCustomer {
  return {
    name: `accounts/${account}/customers/${domain.replaceAll('.', '-')}`,
    domain,
    cloudIdentityId: identityOf(domain),
    orgDisplayName: `Org of ${domain}`,
    orgPostalAddress: anAddress(),
    primaryContactInfo: { firstName: 'Ada', lastName: 'Berg', email: `ada@${domain}` },
    alternateEmail: 'owner@mail.example',
    languageCode: 'en',
  };
}

function anAddress(): RemoteCustomer['orgPostalAddress'] {
  return { regionCode: 'DE', postalCode: '10115', locality: 'Berlin', addressLines: ['Weg 1'] };
}

function identityOf(domain: string): string {
  return `C0${domain.replaceAll(/[^a-z0-9]/g, '')}`;
}
