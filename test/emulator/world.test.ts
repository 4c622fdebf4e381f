import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it, onTestFinished } from 'vitest';

import { switchesSchema, worldJsonSchema } from '../../src/emulator/world-schema.ts';
import { parseWorld, readWorld, WorldError } from '../../src/emulator/world.ts';
import { anIdentity, aPartnerLink, aRemoteCustomer, aWorld } from './harness.ts';

const root = new URL('../../', import.meta.url);
const schema = JSON.parse(readFileSync(new URL('src/emulator/world.schema.json', root), 'utf8')) as Record<
  string,
  unknown
>;
const agrees = new Ajv2020({ strict: true }).compile(schema);

function problemsOf(world: unknown): readonly string[] {
  try {
    parseWorld(world);
    return [];
  } catch (error) {
    if (error instanceof WorldError) return error.problems.map((problem) => problem.path);
    throw error;
  }
}

const sampleWorlds = readdirSync(new URL('samples/', root))
  .filter((name) => name.endsWith('world.json'))
  .map(
    (name) => [name, JSON.parse(readFileSync(new URL(`samples/${name}`, root), 'utf8')) as unknown] as const,
  );

const GOOD: readonly (readonly [string, unknown])[] = [
  ['the least', { account: 'C1' }],
  [
    'the builders',
    aWorld({
      identities: [
        anIdentity({
          domain: 'a.example',
          tokens: [{ token: 't' }, { token: 'u', createdAt: '2026-01-01' }],
        }),
      ],
      customers: [aRemoteCustomer({ domain: 'a.example', listedUnder: 'C0partner', createTime: '-1h' })],
      partnerLinks: [aPartnerLink()],
    }),
  ],
  ['a named schema', { $schema: './world.schema.json', account: 'accounts/C1' }],
  [
    'customers of the Reseller API, users and groups',
    {
      account: 'C1',
      resellerCustomers: [
        { customerId: 'C0', customerDomain: 'a.example', postalAddress: { countryCode: 'DE' } },
        {
          kind: 'reseller#customer',
          customerId: 'C1',
          customerDomain: 'b.example',
          customerType: 'team',
          primaryAdmin: { primaryEmail: 'b@b.example' },
          language: 'es',
          createTime: '-1h',
          ours: false,
        },
      ],
      users: [
        { primaryEmail: 'a@a.example', name: { givenName: 'A' } },
        { primaryEmail: 'b@b.example', customerId: 'C1', creationTime: '-1d', lastLoginTime: '2026-01-01' },
        { primaryEmail: 'c@b.example', customerId: null, languages: [{ languageCode: 'es' }] },
      ],
      groups: ['team@a.example'],
    },
  ],
  [
    'faults',
    { account: 'C1', faults: [{}, { method: 'token', count: null, details: [{ '@type': 'x', y: 1 }] }] },
  ],
  [
    'operations, and codes as names and numbers',
    {
      ...aWorld({ customers: [aRemoteCustomer({ domain: 'a.example' })] }),
      operations: [
        { name: 'operations/a', customer: 'accounts/C012345/customers/a-example' },
        {
          name: 'operations/b/c',
          customer: 'accounts/C012345/customers/a-example',
          doneInMs: null,
          error: { code: 6, message: 'taken' },
          user: { email: 'a@a.example' },
          cloudIdentityInfo: { customerType: 'TEAM' },
        },
      ],
      faults: [
        { do: 'fail-operation', code: 16, operationMs: 0 },
        { do: 'stall-operation', code: 'CONDITION_NOT_MET' },
      ],
    },
  ],
  ...sampleWorlds,
];

const BAD: readonly (readonly [unknown, readonly string[]])[] = [
  [{}, ['account']],
  [[], ['']],
  ['text', ['']],
  [{ account: '' }, ['account']],
  [{ account: 'a/b/c' }, ['account']],
  [{ account: 'C1', Customers: [] }, ['Customers']],
  [{ account: 'C1', quotas: { 'channel.list': -1, channel: 2 } }, ['quotas.channel.list', 'quotas.channel']],
  [
    { account: 'C1', switches: { filterLag: 5, overQuota: '429' } },
    ['switches.overQuota', 'switches.filterLag'],
  ],
  [{ account: 'C1', identities: [{ domain: 'a.example' }] }, ['identities[0].cloudIdentityId']],
  [
    { account: 'C1', identities: [{ ...anIdentity({ domain: 'a' }), customerType: 'team' }] },
    ['identities[0].customerType'],
  ],
  [
    { account: 'C1', identities: [anIdentity({ domain: 'a', tokens: [{ token: 't', createdAt: 'soon' }] })] },
    ['identities[0].tokens[0].createdAt'],
  ],
  [
    { account: 'C1', customers: [{ orgPostalAddress: { country: 'DE' } }] },
    ['customers[0].orgPostalAddress.country'],
  ],
  [{ account: 'C1', customers: [{ createTime: '2026-13-01' }] }, ['customers[0].createTime']],
  [
    { account: 'C1', partnerLinks: [{ linkState: 'OPEN' }] },
    ['partnerLinks[0].resellerCloudIdentityId', 'partnerLinks[0].linkState'],
  ],
  [
    { account: 'C1', faults: [{ do: 'explode', nth: 0, code: 'busy' }] },
    ['faults[0].nth', 'faults[0].do', 'faults[0].code'],
  ],
  [
    { account: 'C1', resellerCustomers: [{ customerType: 'TEAM', postalAddress: { country: 'DE' } }] },
    [
      'resellerCustomers[0].customerDomain',
      'resellerCustomers[0].customerId',
      'resellerCustomers[0].customerType',
      'resellerCustomers[0].postalAddress.country',
    ],
  ],
  [
    { account: 'C1', users: [{ aliases: 'x', lastLoginTime: 'never' }], groups: [{ email: 'x' }] },
    ['users[0].primaryEmail', 'users[0].aliases', 'users[0].lastLoginTime', 'groups[0]'],
  ],
  [
    { account: 'C1', switches: { makeAdminStatus: 202, userWindowAnswer: 412, usersPerDomainSecond: 0 } },
    ['switches.makeAdminStatus', 'switches.userWindowAnswer', 'switches.usersPerDomainSecond'],
  ],
  [{ account: 'C1', faults: [{ code: 0 }, { code: 17 }] }, ['faults[0].code', 'faults[1].code']],
  [
    { account: 'C1', operations: [{ name: 'op1', doneInMs: -1 }] },
    ['operations[0].name', 'operations[0].customer', 'operations[0].doneInMs'],
  ],
];

describe('parseWorld', () => {
  it.each(GOOD)('and the schema accept %s', (_, world) => {
    expect(problemsOf(world)).toEqual([]);
    expect(agrees(JSON.parse(JSON.stringify(world)))).toBe(true);
  });

  it.each(BAD)('and the schema refuse %j', (world, paths) => {
    expect([...problemsOf(world)].sort()).toEqual([...paths].sort());
    expect(agrees(world)).toBe(false);
  });

  it.each<[string, object, string]>([
    [
      'two identities of one ID',
      { identities: [anIdentity({ domain: 'a.example' }), anIdentity({ domain: 'a.example' })] },
      'identities[1].cloudIdentityId',
    ],
    [
      'two customers of one name',
      { customers: [aRemoteCustomer({ domain: 'a.example' }), aRemoteCustomer({ domain: 'a.example' })] },
      'customers[1].name',
    ],
    [
      'a customer of another account',
      { customers: [{ name: 'accounts/C9/customers/a' }] },
      'customers[0].name',
    ],
    [
      'a customer whose name is none',
      { customers: [{ name: 'accounts/C012345/customers/a/b' }] },
      'customers[0].name',
    ],
    [
      'an operation of a customer that it lacks',
      { operations: [{ name: 'operations/a', customer: 'accounts/C012345/customers/a' }] },
      'operations[0].customer',
    ],
    [
      'two operations of one name',
      {
        customers: [aRemoteCustomer({ domain: 'a.example' })],
        operations: Array(2).fill({ name: 'operations/a', customer: 'accounts/C012345/customers/a-example' }),
      },
      'operations[1].name',
    ],
    [
      'a reseller’s customer that is an identity, too',
      {
        identities: [anIdentity({ domain: 'a.example', cloudIdentityId: 'C0' })],
        resellerCustomers: [{ customerId: 'C0', customerDomain: 'a.example' }],
      },
      'resellerCustomers[0].customerId',
    ],
    [
      'two of the reseller’s customers of one ID',
      { resellerCustomers: Array(2).fill({ customerId: 'C0', customerDomain: 'a.example' }) },
      'resellerCustomers[1].customerId',
    ],
    [
      'a user of a tenant that it lacks',
      { users: [{ primaryEmail: 'a@a.example', customerId: 'C0' }] },
      'users[0].customerId',
    ],
    [
      'two users of one ID',
      {
        users: ['a', 'b'].map((name) => ({ primaryEmail: `${name}@a.example`, id: '7' })),
      },
      'users[1].id',
    ],
    [
      'two users of one address',
      { users: [{ primaryEmail: 'a@a.example' }, { primaryEmail: 'A@a.example' }] },
      'users[1].primaryEmail',
    ],
    [
      'a user with the alias of another',
      {
        users: [
          { primaryEmail: 'a@a.example', aliases: ['x@a.example'] },
          { primaryEmail: 'b@a.example', aliases: ['y@a.example', 'X@a.example'] },
        ],
      },
      'users[1].aliases[1]',
    ],
    [
      'a group with the address of a user',
      { users: [{ primaryEmail: 'a@a.example' }], groups: ['b@a.example', 'a@a.example'] },
      'groups[1]',
    ],
  ])('refuses %s, which the schema cannot tell', (_, parts, path) => {
    expect(problemsOf(aWorld(parts))).toEqual([path]);
  });

  it('gives back what it accepts again', () => {
    const world = parseWorld(GOOD[1]?.[1]);
    expect(parseWorld(world)).toEqual(world);
  });
});

describe('readWorld', () => {
  async function fileOf(text: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'world-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'world.json'), text);
    return join(folder, 'world.json');
  }

  it('reads a file, with or without byte order mark', async () => {
    const text = JSON.stringify({ account: 'C1' });
    expect((await readWorld(await fileOf(text))).account).toBe('C1');
    expect((await readWorld(await fileOf(`\uFEFF${text}`))).quotas['channel.list']).toBe(24);
  });

  it('names file, path and fault in its message', async () => {
    const path = await fileOf('{"account":"C1","users":[{"primaryEmail":7}],"extra":1}');
    await expect(readWorld(path)).rejects.toThrow(
      new RegExp(`^${path} cannot be used:\n  users\\[0\\]\\.primaryEmail: .+\n  extra: unknown key$`),
    );
  });

  it('says where a file is no JSON, and that it cannot be read', async () => {
    await expect(readWorld(await fileOf('{"account":'))).rejects.toThrow(/not JSON/);
    await expect(readWorld('/nowhere/world.json')).rejects.toThrow(/cannot be read: ENOENT/);
  });
});

describe('world.schema.json', () => {
  it('is what world-schema.ts says', () => {
    expect(schema).toEqual(JSON.parse(JSON.stringify(worldJsonSchema())));
  });

  it('describes every property', () => {
    expect(undescribed(schema, '')).toEqual([]);
  });
});

function undescribed(part: unknown, path: string): readonly string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) => {
    if (key !== 'properties') return undescribed(value, `${path}/${key}`);
    return Object.entries(value as Record<string, { description?: string }>).flatMap(([name, property]) => [
      ...(property.description === undefined ? [`${path}/${name}`] : []),
      ...undescribed(property, `${path}/${name}`),
    ]);
  });
}

describe('the README', () => {
  const readme = readFileSync(new URL('src/emulator/README.md', root), 'utf8');
  const defaults = Object.entries(switchesSchema.parse({}));

  it.each(defaults)('tells the switch %s and its default', (name, value) => {
    expect(readme).toContain(`| \`${name}\` | \`${JSON.stringify(value)}\` |`);
  });
});
