import type { World } from './world-schema.ts';

/** One fault of a world: where (`customers[2].orgPostalAddress`, empty for the whole), and what. */
export interface WorldProblem {
  readonly path: string;
  readonly message: string;
}

/** What contradicts itself in a world whose every part is sound. */
export function contradictionsOf(world: World): readonly WorldProblem[] {
  return [
    ...repeatedTenants(world),
    ...misplacedCustomers(world),
    ...misplacedOperations(world),
    ...misplacedUsers(world),
    ...repeatedAddresses(world),
  ];
}

/** The account's ID alone, however the world writes it. */
export function accountId(world: World): string {
  return world.account.replace(/^accounts\//, '');
}

function repeatedTenants(world: World): readonly WorldProblem[] {
  const named = [
    ...world.identities.map(({ cloudIdentityId: id }, index) => ({
      id,
      path: `identities[${index}].cloudIdentityId`,
    })),
    ...world.resellerCustomers.map(({ customerId: id }, index) => ({
      id,
      path: `resellerCustomers[${index}].customerId`,
    })),
  ];
  return duplicates(named.map(({ id }) => id)).map((index) => ({
    path: named[index]?.path ?? '',
    message: 'names a Cloud Identity that an earlier entry names',
  }));
}

function misplacedCustomers(world: World): readonly WorldProblem[] {
  const start = `accounts/${accountId(world)}/customers/`;
  const names = world.customers.map((customer, index) => customer.name ?? `unnamed ${index}`);
  const repeated = duplicates(names).map((index) => ({
    path: `customers[${index}].name`,
    message: 'names a customer that an earlier entry names',
  }));
  const foreign = world.customers.flatMap(({ name }, index) =>
    name === undefined || (name.startsWith(start) && /^[^/]+$/.test(name.slice(start.length)))
      ? []
      : [{ path: `customers[${index}].name`, message: `must be ${start}ID` }],
  );
  return [...repeated, ...foreign];
}

function misplacedOperations(world: World): readonly WorldProblem[] {
  const customers = new Set(world.customers.map((customer) => customer.name));
  const repeated = duplicates(world.operations.map((operation) => operation.name)).map((index) => ({
    path: `operations[${index}].name`,
    message: 'names an operation that an earlier entry names',
  }));
  const homeless = world.operations.flatMap(({ customer }, index) =>
    customers.has(customer)
      ? []
      : [{ path: `operations[${index}].customer`, message: 'must be the name of a customer of this world' }],
  );
  return [...repeated, ...homeless];
}

function misplacedUsers(world: World): readonly WorldProblem[] {
  const tenants = new Set([
    ...world.identities.map((identity) => identity.cloudIdentityId),
    ...world.resellerCustomers.map((customer) => customer.customerId),
    ...world.customers.map((customer) => customer.cloudIdentityId),
  ]);
  const ids = world.users.map((user, index) => user.id ?? `unnamed ${index}`);
  const repeated = duplicates(ids).map((index) => ({
    path: `users[${index}].id`,
    message: 'names a user that an earlier entry names',
  }));
  const homeless = world.users.flatMap(({ customerId }, index) =>
    customerId === undefined || customerId === null || tenants.has(customerId)
      ? []
      : [{ path: `users[${index}].customerId`, message: 'must be a Cloud Identity of this world, or null' }],
  );
  return [...repeated, ...homeless];
}

/** An address is one user's, or one group's. */
function repeatedAddresses(world: World): readonly WorldProblem[] {
  const given = [
    ...world.users.flatMap(({ primaryEmail, aliases }, index) => [
      { address: primaryEmail, path: `users[${index}].primaryEmail` },
      ...aliases.map((address, place) => ({ address, path: `users[${index}].aliases[${place}]` })),
    ]),
    ...world.groups.map((address, index) => ({ address, path: `groups[${index}]` })),
  ];
  return duplicates(given.map(({ address }) => address.toLowerCase())).map((index) => ({
    path: given[index]?.path ?? '',
    message: 'is an address that an earlier entry has',
  }));
}

/** Indices of the values that occurred before. */
function duplicates(values: readonly string[]): readonly number[] {
  const seen = new Set<string>();
  return values.flatMap((value, index) => {
    if (seen.has(value)) return [index];
    seen.add(value);
    return [];
  });
}
