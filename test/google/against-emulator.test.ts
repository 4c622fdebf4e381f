import { describe, expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../src/emulator/server.ts';
import type { NewCustomer, ProvisionRequest } from '../../src/google/channel-requests.ts';
import type { ApiResult } from '../../src/model/api-failure.ts';
import { aGateway, createEagerClock } from './a-gateway.ts';

const ADDRESS = { regionCode: 'DE', postalCode: '10115', addressLines: ['Weg 1'] };

const WORLD = {
  account: 'C012345',
  identities: [
    {
      cloudIdentityId: 'C0acme',
      domain: 'acme.example',
      orgDisplayName: 'Acme',
      orgPostalAddress: ADDRESS,
      consent: true,
    },
  ],
  quotas: { 'channel.list': null, 'channel.other': null },
};

async function opened(prefix?: string, world: object = {}) {
  const clock = createEagerClock();
  const emulator = await startEmulator({
    world: { ...WORLD, ...world },
    clock,
    ...(prefix === undefined ? {} : { prefix }),
  });
  onTestFinished(() => emulator.close());
  return { emulator, clock, gateway: await aGateway({ apiUrl: emulator.url }) };
}

const NEW: NewCustomer = {
  domain: 'fresh.example',
  orgDisplayName: 'Fresh',
  orgPostalAddress: ADDRESS,
  primaryContactInfo: { firstName: 'Ada', lastName: 'Admin', email: 'ada@fresh.example' },
  alternateEmail: 'ada@other.example',
  languageCode: 'de',
  correlationId: '7',
};

const PROVISION: ProvisionRequest = {
  cloudIdentityInfo: { customerType: 'DOMAIN', languageCode: 'de' },
  user: { email: 'admin@fresh.example', givenName: 'Ada', familyName: 'Admin' },
};

const LINK = {
  name: 'accounts/C012345/channelPartnerLinks/C0partner',
  resellerCloudIdentityId: 'C0partner',
  linkState: 'ACTIVE',
  publicId: 'P-1',
};

function valueOf<T>(result: ApiResult<T>): T {
  if (result.kind === 'failed') throw new Error(result.failure.message);
  return result.value;
}

describe('the gateway against the emulator', () => {
  it('imports, patches, reads and lists a customer', async () => {
    const { gateway } = await opened('/google');
    const found = await gateway.reader.checkCloudIdentityAccounts('accounts/C012345', {
      domain: 'acme.example',
    });
    expect(found).toMatchObject({ kind: 'ok', value: [{ existing: true, cloudIdentityId: 'C0acme' }] });

    const request = { domain: 'acme.example', overwriteIfExists: false };
    const imported = await gateway.writer.importCustomer('accounts/C012345', request);
    const { name } = valueOf(imported);
    expect(valueOf(imported)).toMatchObject({ domain: 'acme.example', cloudIdentityId: 'C0acme' });

    const mask = ['correlationId', 'orgPostalAddress'] as const;
    const changes = { correlationId: '7', orgPostalAddress: { ...ADDRESS, locality: 'Berlin' } };
    const patched = await gateway.writer.patchCustomer(name, changes, mask);
    expect(patched).toMatchObject({ kind: 'ok', value: { name, orgDisplayName: 'Acme', ...changes } });

    const read = await gateway.reader.getCustomer(name);
    const listed = await gateway.reader.listCustomers('accounts/C012345', undefined);
    expect(read).toEqual(patched);
    expect(listed).toEqual({
      kind: 'ok',
      value: { customers: [read.kind === 'ok' ? read.value : undefined] },
      calls: 1,
    });
  });

  it.each([
    [
      { domain: 'unknown.example', overwriteIfExists: false },
      { class: 'refused', code: 'NOT_FOUND' },
    ],
    [
      { domain: 'acme.example', authToken: 'no-such-token', overwriteIfExists: false },
      { class: 'refused', code: 'INVALID_ARGUMENT' },
    ],
  ])('reads the refusal of %j', async (request, failure) => {
    const { gateway } = await opened();
    const result = await gateway.writer.importCustomer('accounts/C012345', request);
    expect(result).toMatchObject({ kind: 'failed', failure: { effect: 'none', ...failure }, calls: 1 });
    expect(JSON.stringify(result)).not.toContain('no-such-token');
  });

  it.each(['accounts/C012345', LINK.name])(
    'creates under %s, validates, provisions and finds',
    async (parent) => {
      const { emulator, clock, gateway } = await opened('/google', { partnerLinks: [LINK] });
      const { reader, writer } = gateway;
      const { name, ...created } = valueOf(await writer.createCustomer(parent, NEW));
      expect(created).toMatchObject(NEW);
      expect(valueOf(await reader.validateProvision(name, PROVISION))).toBe(true);
      expect(valueOf(await reader.getCustomer(name)).cloudIdentityId).toBeUndefined();

      const operation = valueOf(await writer.provisionCloudIdentity(name, PROVISION));
      expect(operation).toEqual({ state: 'running', name: operation.name });
      expect(await reader.getOperation(operation.name)).toEqual({ kind: 'ok', value: operation, calls: 1 });
      await clock.sleep(60_000);
      const customer = valueOf(await reader.getCustomer(name));
      expect(customer.cloudIdentityId).toMatch(/^C0/);
      expect(valueOf(await reader.getOperation(operation.name))).toEqual({
        state: 'done',
        name: operation.name,
        customer,
      });

      const { cloudIdentityId = '' } = customer;
      for (const filter of [
        { domain: 'FRESH.example' },
        { cloudIdentityId },
        { domain: 'x', cloudIdentityId },
      ]) {
        expect(await reader.findCustomers(parent, filter)).toEqual({
          kind: 'ok',
          value: [customer],
          calls: 1,
        });
      }
      expect(await reader.findCustomers(parent, { domain: 'a" OR domain : "*' })).toMatchObject({
        value: [],
      });
      const writes = emulator.requests.filter(({ effect }) => effect).map(({ method }) => method);
      expect(writes).toEqual(['customers.create', 'customers.provisionCloudIdentity']);
    },
  );

  it('finds every customer of a domain, of more than one page', async () => {
    const customers = Array.from({ length: 51 }, (_, nth) => ({
      name: `accounts/C012345/customers/S${nth}`,
      domain: 'team.example',
      orgDisplayName: `Team ${nth}`,
      orgPostalAddress: ADDRESS,
    }));
    const { gateway } = await opened(undefined, { customers });
    const found = await gateway.reader.findCustomers('accounts/C012345', { domain: 'team.example' });
    expect(found.calls).toBe(2);
    expect(new Set(valueOf(found).map(({ name }) => name)).size).toBe(51);
  });

  it.each(['empty', 'operation-done', 'operation-pending'])(
    'reads a validation that answers with: %s',
    async (validateOnlyAnswer) => {
      const { emulator, gateway } = await opened(undefined, { switches: { validateOnlyAnswer } });
      const { name } = valueOf(await gateway.writer.createCustomer('accounts/C012345', NEW));
      expect(valueOf(await gateway.reader.validateProvision(name, PROVISION))).toBe(true);
      expect(emulator.requests.filter(({ effect }) => effect)).toHaveLength(1);
    },
  );

  it('reads the refusal of a provisioning, at the call and in the operation', async () => {
    const faults = [
      {
        method: 'customers.provisionCloudIdentity',
        contains: 'Late',
        do: 'fail-operation',
        code: 'ALREADY_EXISTS',
      },
    ];
    const { clock, gateway } = await opened(undefined, { faults });
    const { name } = valueOf(await gateway.writer.createCustomer('accounts/C012345', NEW));
    const nobody = { user: { email: 'admin@fresh.example', givenName: '', familyName: '' } };
    const refused = {
      kind: 'failed',
      failure: { class: 'refused', effect: 'none', code: 'INVALID_ARGUMENT' },
    };
    expect(await gateway.reader.validateProvision(name, nobody)).toMatchObject(refused);
    expect(await gateway.writer.provisionCloudIdentity(name, nobody)).toMatchObject(refused);

    const late = { user: { email: 'admin@fresh.example', givenName: 'Late', familyName: 'Admin' } };
    const operation = valueOf(await gateway.writer.provisionCloudIdentity(name, late));
    await clock.sleep(60_000);
    expect(valueOf(await gateway.reader.getOperation(operation.name))).toMatchObject({
      state: 'failed',
      error: { code: 'ALREADY_EXISTS' },
    });
  });

  it('reads the channel partner links, and says which are not there', async () => {
    const { gateway } = await opened(undefined, { partnerLinks: [LINK] });
    const link = { name: LINK.name, id: 'C0partner', state: 'ACTIVE', publicId: 'P-1' };
    expect(await gateway.reader.listPartnerLinks('accounts/C012345', undefined)).toEqual({
      kind: 'ok',
      value: { links: [link] },
      calls: 1,
    });
    expect(await gateway.reader.getPartnerLink(LINK.name)).toEqual({ kind: 'ok', value: link, calls: 1 });
    expect(await gateway.reader.getPartnerLink('accounts/C012345/channelPartnerLinks/C0none')).toMatchObject({
      kind: 'failed',
      failure: { class: 'refused', code: 'NOT_FOUND' },
    });
    expect(await gateway.reader.getOperation('operations/none')).toMatchObject({
      kind: 'failed',
      failure: { class: 'refused', code: 'NOT_FOUND' },
    });
  });

  it('clears what the mask names and the body leaves out', async () => {
    const { gateway } = await opened();
    const { name } = valueOf(await gateway.writer.createCustomer('accounts/C012345', NEW));
    const mask = ['correlationId', 'languageCode'];
    const patched = await gateway.writer.patchCustomer(name, { languageCode: 'fr' }, mask);
    expect(valueOf(patched)).toMatchObject({ languageCode: 'fr', alternateEmail: NEW.alternateEmail });
    expect(valueOf(await gateway.reader.getCustomer(name)).correlationId).toBeUndefined();
  });
});
