import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { operationMessage } from '../../src/emulator/operations.ts';
import {
  adminUserSchema,
  channelPartnerLinkSchema,
  checkRequestSchema,
  cloudIdentityInfoSchema,
  contactInfoSchema,
  customerSchema,
  importRequestSchema,
  postalAddressSchema,
  provisionRequestSchema,
} from '../../src/emulator/resources.ts';

const client = createRequire(import.meta.url).resolve('googleapis/build/src/apis/cloudchannel/index.js');
const declarations = readFileSync(join(dirname(client), 'v1.d.ts'), 'utf8');

/** Fields of a message in Google's own client library. */
function fieldsAtGoogle(message: string): readonly string[] {
  const body =
    new RegExp(`interface Schema\\$${message} \\{([\\s\\S]*?)\\n    \\}`).exec(declarations)?.[1] ?? '';
  return [...body.matchAll(/^ {8}(\w+)\?:/gm)].map((match) => match[1] ?? '').sort();
}

describe('the messages', () => {
  it.each([
    ['GoogleCloudChannelV1Customer', customerSchema],
    ['GoogleCloudChannelV1ContactInfo', contactInfoSchema],
    ['GoogleCloudChannelV1CloudIdentityInfo', cloudIdentityInfoSchema],
    ['GoogleTypePostalAddress', postalAddressSchema],
    ['GoogleCloudChannelV1ChannelPartnerLink', channelPartnerLinkSchema],
    ['GoogleCloudChannelV1ImportCustomerRequest', importRequestSchema],
    ['GoogleCloudChannelV1CheckCloudIdentityAccountsExistRequest', checkRequestSchema],
    ['GoogleCloudChannelV1ProvisionCloudIdentityRequest', provisionRequestSchema],
    ['GoogleCloudChannelV1AdminUser', adminUserSchema],
  ])('have the fields that Google gives %s', (message, schema) => {
    expect(Object.keys(schema.shape).sort()).toEqual(fieldsAtGoogle(message));
  });
});

describe('operations', () => {
  const error = { code: 6, message: 'taken', details: [] };
  const operation = operationMessage({
    name: 'operations/op',
    customer: 'accounts/C1/customers/S1',
    validateOnly: false,
    dueMs: 0,
    plan: { kind: 'fail', error },
    result: { kind: 'error', error },
  });

  it.each([
    ['GoogleLongrunningOperation', operation],
    ['GoogleRpcStatus', operation.error ?? {}],
  ])('have the fields that Google gives %s', (message, value) => {
    expect(Object.keys(value).sort()).toEqual(fieldsAtGoogle(message));
  });

  it('have metadata of fields that Google gives OperationMetadata', () => {
    const fields = Object.keys(operation.metadata).filter((field) => field !== '@type');
    expect(fields).toEqual(fieldsAtGoogle('GoogleCloudChannelV1OperationMetadata'));
  });
});

describe('the emulator', () => {
  it('shares no code with the client but the clock', () => {
    const folder = new URL('../../src/emulator/', import.meta.url);
    const imported = readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => [
        ...readFileSync(new URL(name, folder), 'utf8').matchAll(/(?:from|import\() ?'([^']+)'/g),
      ])
      .map((match) => match[1] ?? '');
    const foreign = imported.filter((name) => !/^(\.\/[\w-]+\.ts|node:[\w/]+|fastify|zod)$/.test(name));
    expect([...new Set(foreign)]).toEqual(['../clock.ts']);
  });
});
