import { readFile } from 'node:fs/promises';

import type { z } from 'zod';

import { contradictionsOf } from './world-checks.ts';
import type { WorldProblem } from './world-checks.ts';
import { faultSchema, worldSchema } from './world-schema.ts';
import type { Fault, World } from './world-schema.ts';

export { accountId } from './world-checks.ts';
export type { WorldProblem } from './world-checks.ts';
export type { Fault, FaultInput, Identity, Switches, World, WorldInput } from './world-schema.ts';

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
  const contradictions = contradictionsOf(parsed.data);
  if (contradictions.length > 0) throw new WorldError(contradictions, source);
  return parsed.data;
}

/** Checks one fault rule and fills its defaults in; throws WorldError. */
export function parseFault(value: unknown): Fault {
  const parsed = faultSchema.safeParse(value);
  if (!parsed.success) throw new WorldError(problemsOf(parsed.error), 'fault');
  return parsed.data;
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
