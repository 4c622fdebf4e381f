import { z } from 'zod';
import type { DirectoryUser } from '../model/directory-user.ts';
import { optionalText as text } from './answer-text.ts';
import type { Caller } from './caller.ts';
import type { DirectoryReader, DirectoryWriter } from './directory.ts';
import { loadDirectoryApi } from './load-api.ts';
import { readMethod, type Method } from './method.ts';
import { badName } from './not-sent.ts';
import { isSegment } from './resource-names.ts';

const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

const USER = z.object({
  primaryEmail: z.string().min(1),
  // Just after a user was made Google may leave its name out.
  name: z.looseObject({ givenName: text, familyName: text }).nullish(),
  customerId: text,
  isAdmin: flag,
  agreedToTerms: flag,
});

const USERS = z.object({ users: z.array(z.unknown()).nullish() });

const CUSTOMER = z.object({ language: text });

/** A user as answered, or undefined where the answer is no such thing. */
export function readUser(json: unknown): DirectoryUser | undefined {
  const result = USER.safeParse(json);
  if (!result.success) return undefined;
  const { name, ...fields } = result.data;
  return { ...fields, givenName: name?.givenName, familyName: name?.familyName };
}

export function createDirectoryReader(caller: Caller): DirectoryReader {
  return {
    async getUser(userKey, context = {}) {
      if (!isSegment(userKey)) return badName(userKey);
      const api = await loadDirectoryApi();
      const method = readMethod({
        name: 'directory.users.get',
        bucket: 'directory',
        invoke: ({ auth, options }) => api.users.get({ userKey, auth }, options),
        read: readUser,
      });
      return caller.call(method, context);
    },
    async hasUsers(customer, context = {}) {
      const api = await loadDirectoryApi();
      const method = readMethod<boolean>({
        name: 'directory.users.list',
        bucket: 'directory',
        invoke: ({ auth, options }) => api.users.list({ customer, maxResults: 1, auth }, options),
        read: (json) => {
          const result = USERS.safeParse(json);
          return result.success ? (result.data.users ?? []).length > 0 : undefined;
        },
      });
      return caller.call(method, context);
    },
    async getLanguage(customerKey, context = {}) {
      if (!isSegment(customerKey)) return badName(customerKey);
      const api = await loadDirectoryApi();
      const method = readMethod<{ readonly language: string | undefined }>({
        name: 'directory.customers.get',
        bucket: 'directory',
        invoke: ({ auth, options }) => api.customers.get({ customerKey, auth }, options),
        read: (json) => CUSTOMER.safeParse(json).data,
      });
      const found = await caller.call(method, context);
      return found.kind === 'failed' ? found : { ...found, value: found.value.language };
    },
  };
}

export function createDirectoryWriter(caller: Caller): DirectoryWriter {
  return {
    async setLanguage(customerKey, language, context = {}) {
      if (!isSegment(customerKey)) return badName(customerKey);
      const api = await loadDirectoryApi();
      const method = writeMethod<true>({
        name: 'directory.customers.patch',
        repeatable: true,
        invoke: ({ auth, options }) =>
          api.customers.patch({ customerKey, requestBody: { language }, auth }, options),
        read: done,
      });
      return caller.call(method, context);
    },
    async insertUser(user, context = {}) {
      const api = await loadDirectoryApi();
      const requestBody = { ...user, name: { ...user.name } };
      const secrets = [...(context.secrets ?? []), user.password];
      const method = writeMethod<DirectoryUser>({
        name: 'directory.users.insert',
        repeatable: false,
        invoke: ({ auth, options }) => api.users.insert({ requestBody, auth }, options),
        read: readUser,
      });
      return caller.call(method, { ...context, secrets });
    },
    async makeAdmin(userKey, context = {}) {
      if (!isSegment(userKey)) return badName(userKey);
      const api = await loadDirectoryApi();
      const method = writeMethod<true>({
        name: 'directory.users.makeAdmin',
        repeatable: true,
        mayBeEmpty: true,
        invoke: ({ auth, options }) =>
          api.users.makeAdmin({ userKey, requestBody: { status: true }, auth }, options),
        read: done,
      });
      return caller.call(method, context);
    },
  };
}

function writeMethod<T>(
  method: Pick<Method<T>, 'name' | 'repeatable' | 'invoke' | 'read' | 'mayBeEmpty'>,
): Method<T> {
  return { ...method, kind: 'write', bucket: 'directory' };
}

/** Any object is a yes: what comes back is not needed. */
function done(json: unknown): true | undefined {
  return typeof json === 'object' && json !== null ? true : undefined;
}
