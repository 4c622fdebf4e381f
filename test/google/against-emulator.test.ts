import { describe, expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../src/emulator/server.ts';
import { aGateway } from './a-gateway.ts';

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

async function opened(prefix?: string) {
  const emulator = await startEmulator({ world: WORLD, ...(prefix === undefined ? {} : { prefix }) });
  onTestFinished(() => emulator.close());
  return { emulator, gateway: await aGateway({ apiUrl: emulator.url }) };
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
    if (imported.kind === 'failed') throw new Error(imported.failure.message);
    const { name } = imported.value;
    expect(imported.value).toMatchObject({ domain: 'acme.example', cloudIdentityId: 'C0acme' });

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
});
