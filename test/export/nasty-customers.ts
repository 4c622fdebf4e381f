import type { RemoteAddress, RemoteContact, RemoteCustomer } from '../../src/model/remote-customer.ts';
import { aGenerator, pick } from '../book/random.ts';
import { ACCOUNT } from '../emulator/harness.ts';

/** The channel partners whose links exist; customers name others too. */
export const PARTNERS = ['C0p1', 'C0p2'];

const TEXTS = [
  'Acme',
  '  Acme  ',
  '=1+1',
  "'=1+1",
  "''=1+1",
  "'quoted'",
  '+4930123456',
  '-5',
  '@handle',
  'two\nlines',
  'two\r\nlines',
  'lone\rreturn',
  '\ttab',
  'a "quoted" word',
  '"',
  'a,b;c\td',
  ' ',
  '',
  'x'.repeat(256),
  'x'.repeat(10_001),
  'bell\u0007',
  'nul\u0000',
  'half \ud800 pair',
  '\ufeffmark',
  'no\u00a0break',
  'e\u0301tage',
  '\u00e9tage',
  '4.9E+10',
  '# note',
  'null',
];
const DOMAINS = [
  'a.example.com',
  'A.Example.COM',
  'www.a.example.com',
  'b.example.com',
  ' b.example.com ',
  'b.example.com.',
  'm\u00fcnchen.example.com',
  'xn--mnchen-3ya.example.com',
  'co.uk',
  'nowhere.invalid',
  '192.0.2.7',
  'https://c.example.com/',
  'x@d.example.com',
  '=e.example.com',
  'under_score.example.com',
];
const EMAILS = [
  'lee@a.example.com',
  'Lee@B.example.com',
  'lee@mail.example',
  'lee@elsewhere.example.com',
  '=lee@mail.example',
  'no address',
  'lee@a.example.com, kim@a.example.com',
  ' lee@mail.example ',
];
const PHONES = [
  '+4930123456',
  '030 123456',
  '+49 (30) 12-34',
  '+1 555 0100 ext. 5',
  '+0',
  '=+4930123456',
  '4.9E+10',
];
const REGIONS = ['DE', 'US', 'GB', 'us', 'UK', 'ZZ', 'AN', '', 'Germany'];
const POSTCODES = [
  '10115',
  '501',
  'SW1A 1AA',
  'sw1a1aa',
  'D-10115',
  '\u0661\u0662\u0663',
  '',
  '4.9E+10',
  '12 34',
];
const LANGUAGES = ['de', 'pt-BR', 'pt_BR', 'iw', 'en-us', 'x-klingon', 'qq', 'English', ''];
const IDS = [
  '7',
  '007',
  ' 7 ',
  '4.9E+10',
  'a.example.com',
  'C0id1',
  `accounts/${ACCOUNT}/customers/n7`,
  '=7',
  "'=7",
];
const IDENTITIES = ['C0id1', 'C0id2', 'c0id1', 'id with blanks', ACCOUNT, ' C0id1'];

/** Customers as no sane account has them, the same for the same seed. Their names are all different. */
export function nastyCustomers(seed: number, count: number): readonly RemoteCustomer[] {
  const random = aGenerator(seed);

  function some<T>(choices: readonly T[]): T | undefined {
    return random(4) === 0 ? undefined : pick(random, choices);
  }

  function anAddress(): RemoteAddress {
    return {
      regionCode: some(REGIONS),
      postalCode: some(POSTCODES),
      administrativeArea: some(TEXTS),
      locality: some(TEXTS),
      addressLines: some([[], ['']]) ?? Array.from({ length: random(6) }, () => pick(random, TEXTS)),
    };
  }

  function aContact(): RemoteContact {
    return {
      firstName: some(TEXTS),
      lastName: some(TEXTS),
      title: some(TEXTS),
      email: some(EMAILS),
      phone: some(PHONES),
    };
  }

  return Array.from({ length: count }, (_, index) => ({
    name: `accounts/${ACCOUNT}/customers/n${index}`,
    orgDisplayName: some(TEXTS),
    orgPostalAddress: random(5) === 0 ? undefined : anAddress(),
    primaryContactInfo: random(5) === 0 ? undefined : aContact(),
    alternateEmail: some(EMAILS),
    // Half of them have a domain of their own, so that not everything is told apart by the customer's name.
    domain: random(2) === 0 ? `own${index}.example.com` : some(DOMAINS),
    cloudIdentityId: random(2) === 0 ? `C0own${index}` : some(IDENTITIES),
    languageCode: some(LANGUAGES),
    channelPartnerId: random(3) === 0 ? pick(random, [...PARTNERS, 'C0gone', 'no id', ACCOUNT]) : undefined,
    correlationId: random(2) === 0 ? `own-${index}` : some(IDS),
    customerType: some(['DOMAIN', 'TEAM', 'CUSTOMER_TYPE_UNSPECIFIED']),
  }));
}
