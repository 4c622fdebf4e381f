import { z } from 'zod';
import type { ResellerCustomer } from '../model/reseller-customer.ts';
import type { Caller } from './caller.ts';
import { loadResellerApi } from './load-api.ts';
import { readMethod, type Method } from './method.ts';
import { badName } from './not-sent.ts';
import type { ResellerReader, ResellerWriter } from './reseller.ts';
import { isSegment } from './resource-names.ts';
import { optionalText as text } from './answer-text.ts';

const CUSTOMER = z.object({
  customerId: z.string().min(1),
  customerDomain: text,
  customerType: text,
  alternateEmail: text,
  phoneNumber: text,
  postalAddress: z.looseObject({ organizationName: text }).nullish(),
  primaryAdmin: z.looseObject({ primaryEmail: text }).nullish(),
  resourceUiUrl: text,
});

/** A customer as answered, or undefined where the answer is no such thing. */
export function readResellerCustomer(json: unknown): ResellerCustomer | undefined {
  const result = CUSTOMER.safeParse(json);
  if (!result.success) return undefined;
  const { postalAddress, primaryAdmin, phoneNumber, ...fields } = result.data;
  return {
    ...fields,
    organizationName: postalAddress?.organizationName,
    primaryAdminEmail: primaryAdmin?.primaryEmail,
    isOurs: [postalAddress, primaryAdmin, phoneNumber, fields.alternateEmail, fields.resourceUiUrl].some(
      (value) => value !== undefined && value !== null,
    ),
  };
}

export function createResellerReader(caller: Caller): ResellerReader {
  return {
    async getCustomer(customerId, context = {}) {
      if (!isSegment(customerId)) return badName(customerId);
      const api = await loadResellerApi();
      const method = readMethod({
        name: 'reseller.customers.get',
        bucket: 'reseller',
        invoke: ({ auth, options }) => api.customers.get({ customerId, auth }, options),
        read: readResellerCustomer,
      });
      return caller.call(method, context);
    },
  };
}

export function createResellerWriter(caller: Caller): ResellerWriter {
  return {
    async insertCustomer(customer, context = {}) {
      const api = await loadResellerApi();
      const requestBody = { ...customer, postalAddress: { ...customer.postalAddress } };
      const method: Method<ResellerCustomer> = {
        name: 'reseller.customers.insert',
        bucket: 'reseller',
        kind: 'write',
        repeatable: false,
        invoke: ({ auth, options }) => api.customers.insert({ requestBody, auth }, options),
        read: readResellerCustomer,
      };
      return caller.call(method, context);
    },
  };
}
