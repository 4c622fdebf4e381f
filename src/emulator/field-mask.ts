import { z } from 'zod';

import { invalidField } from './errors.ts';
import { camelCase } from './proto-json.ts';
import { customerSchema, OUTPUT_ONLY_FIELDS } from './resources.ts';
import type { CustomerBody } from './resources.ts';

export type FieldPath = readonly [string, ...string[]];

/** Every field of a customer that callers may set. */
export const SETTABLE_FIELDS: readonly FieldPath[] = Object.keys(customerSchema.shape)
  .filter((field) => !OUTPUT_ONLY_FIELDS.has(field))
  .map((field) => [field]);

/**
 * Reads an updateMask: comma-separated paths in camelCase or snake_case, or `*` for every field. Output-only fields
 * are passed over, as Google's design rules ask. Throws INVALID_ARGUMENT for a path that a customer lacks.
 */
export function parseCustomerMask(mask: string): readonly FieldPath[] {
  if (mask === '*') return SETTABLE_FIELDS;
  return mask
    .split(',')
    .map((path) => knownPath(camelCase(path.trim()).split('.') as [string, ...string[]]))
    .filter(([field]) => !OUTPUT_ONLY_FIELDS.has(field));
}

/** `target` with the fields of the mask as `source` has them; a field that `source` lacks is cleared. */
export function applyMask(
  target: CustomerBody,
  source: CustomerBody,
  paths: readonly FieldPath[],
): CustomerBody {
  return paths.reduce<Fields>((result, path) => withField(result, source, path), target);
}

type Fields = Readonly<Record<string, unknown>>;

function withField(target: Fields, source: Fields, [field, ...below]: FieldPath): Fields {
  const value = source[field];
  const [next, ...rest] = below;
  if (next === undefined) return { ...target, [field]: value };
  return { ...target, [field]: withField(fieldsOf(target[field]), fieldsOf(value), [next, ...rest]) };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function knownPath(path: FieldPath): FieldPath {
  let schema: unknown = customerSchema;
  for (const field of path) {
    schema = schema instanceof z.ZodObject ? innerSchema(schema, field) : undefined;
    if (schema === undefined) {
      throw invalidField('update_mask', `The update mask names no field of a customer: "${path.join('.')}".`);
    }
  }
  return path;
}

function innerSchema(schema: z.ZodObject, field: string): unknown {
  if (!Object.hasOwn(schema.shape, field)) return undefined;
  const inner: unknown = schema.shape[field];
  return inner instanceof z.ZodOptional ? inner.unwrap() : inner;
}
