import { readFile } from 'node:fs/promises';

import type { z } from 'zod';

import { faultSchema, worldSchema } from './world-schema.ts';
import type { Fault, World } from './world-schema.ts';

export type { Fault, FaultInput, Identity, Switches, World, WorldInput } from './world-schema.ts';

/** One fault of a world: where (`customers[2].orgPostalAddress`, empty for the whole), and what. */
export interface WorldProblem {
  readonly path: string;
  readonly message: string;
}

/** A world that cannot be used, with every fault found. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
  readonly problems: readonly WorldProblem[];

  constructor(problems: readonly WorldProblem[], source = 'world', options?: { readonly cause?: unknown }) {
    super([`${source} cannot be used:`, ...problems.map(oneLine)].join('\n  '), options);
    this.problems = problems;
  }
}

/** Reads and checks a world file; throws WorldError, which names the JSON path of each fault. */
export async function readWorld(path: string): Promise<World> {
  const text = await readText(path);
  try {
    return parseWorld(JSON.parse(text), path);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new WorldError([{ path: '', message: `not JSON: ${cause.message}` }], path, { cause });
  }
}

/** Checks a world and fills its defaults in; throws WorldError. `source` names it in the message. */
export function parseWorld(value: unknown, source = 'world'): World {
  const parsed = worldSchema.safeParse(value);
  if (!parsed.success) throw new WorldError(problemsOf(parsed.error), source);
  const contradictions = [
    ...duplicateIdentities(parsed.data),
    ...misplacedCustomers(parsed.data),
    ...misplacedOperations(parsed.data),
  ];
  if (contradictions.length > 0) throw new WorldError(contradictions, source);
  return parsed.data;
}

/** Checks one fault rule and fills its defaults in; throws WorldError. */
export function parseFault(value: unknown): Fault {
  const parsed = faultSchema.safeParse(value);
  if (!parsed.success) throw new WorldError(problemsOf(parsed.error), 'fault');
  return parsed.data;
}

/** The account's ID alone, however the world writes it. */
export function accountId(world: World): string {
  return world.account.replace(/^accounts\//, '');
}

async function readText(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new WorldError([{ path: '', message: `cannot be read: ${why}` }], path, { cause });
  }
}

function problemsOf(error: z.ZodError): readonly WorldProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ path: jsonPath(issue.path), message: issue.message }];
    return issue.keys.map((key) => ({ path: jsonPath([...issue.path, key]), message: 'unknown key' }));
  });
}

function jsonPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

function oneLine(problem: WorldProblem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
}

function duplicateIdentities(world: World): readonly WorldProblem[] {
  return duplicates(world.identities.map((identity) => identity.cloudIdentityId)).map((index) => ({
    path: `identities[${index}].cloudIdentityId`,
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

/** Indices of the values that occurred before. */
function duplicates(values: readonly string[]): readonly number[] {
  const seen = new Set<string>();
  return values.flatMap((value, index) => {
    if (seen.has(value)) return [index];
    seen.add(value);
    return [];
  });
}
