import type { z } from 'zod';

import { invalidArgument } from './errors.ts';
import type { FieldViolation } from './errors.ts';

/*
 * JSON as Google's servers read and write it: original (snake_case) names are accepted beside camelCase ones,
 * null and unspecified enum values mean absent, unknown names are refused, and defaults are left out of answers.
 */

/** Reads a request body as the message that `schema` describes; throws INVALID_ARGUMENT. */
export function readMessage<T>(schema: z.ZodType<T>, text: string | undefined): T {
  const parsed = schema.safeParse(withCamelCaseNames(readJson(text)));
  if (parsed.success) return parsed.data;
  const violations = parsed.error.issues.flatMap(violationsOf);
  throw invalidArgument(violations.map((violation) => violation.description).join('\n'), violations);
}

/** A message without the fields that hold their type's default value. */
export function omitDefaults(message: unknown): unknown {
  if (Array.isArray(message)) return message.map(omitDefaults);
  if (typeof message !== 'object' || message === null) return message;
  return Object.fromEntries(
    Object.entries(message)
      .filter(([, value]) => !isDefault(value))
      .map(([name, value]) => [name, omitDefaults(value)]),
  );
}

/** `orgPostalAddress.regionCode` for `org_postal_address.region_code`; camelCase stays as it is. */
export function camelCase(path: string): string {
  return path.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function readJson(text: string | undefined): unknown {
  if (text === undefined || text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw invalidArgument('Invalid JSON payload received. It cannot be parsed.', [
      { description: 'Invalid JSON payload received. It cannot be parsed.' },
    ]);
  }
}

function withCamelCaseNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withCamelCaseNames);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => !isAbsent(inner))
      .map(([name, inner]) => [camelCase(name), withCamelCaseNames(inner)]),
  );
}

function isAbsent(value: unknown): boolean {
  return value === null || (typeof value === 'string' && /^[A-Z_]+_UNSPECIFIED$/.test(value));
}

function isDefault(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return true;
  return Array.isArray(value) && value.length === 0;
}

function violationsOf(issue: z.core.$ZodIssue): readonly FieldViolation[] {
  const field = snakeCasePath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const where = field === '' ? '' : ` at '${field}'`;
    return issue.keys.map((key) => ({
      ...(field === '' ? {} : { field }),
      description: `Invalid JSON payload received. Unknown name "${key}"${where}: Cannot find field.`,
    }));
  }
  if (field === '') return [{ description: 'Invalid JSON payload received. A message is expected.' }];
  return [{ field, description: `Invalid value at '${field}'.` }];
}

function snakeCasePath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = String(part).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
