import type { z } from 'zod';
import { nearest } from '../config/nearest.ts';

/** A setting as it was read, or what is wrong with it, in words that follow its name and quote no value. */
export type ParsedSetting<T> =
  { readonly kind: 'value'; readonly value: T } | { readonly kind: 'fault'; readonly sentence: string };

export function settingFault(sentence: string): { readonly kind: 'fault'; readonly sentence: string } {
  return { kind: 'fault', sentence };
}

/**
 * The first fault of a setting as a sentence.
 *
 * @param known every key, those of an object within it as `tls.rejectUnauthorized`
 */
export function issueSentence(error: z.ZodError, known: readonly string[]): string {
  // A key that is misspelled explains a key that is missing, so it comes first.
  const issues = error.issues;
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (issue === undefined) return 'is not as it must be';
  if (issue.code === 'unrecognized_keys') return unknownKey([...issue.path, issue.keys[0] ?? ''], known);
  return issue.path.length === 0 ? issue.message : `"${issue.path.map(String).join('.')}" ${issue.message}`;
}

function unknownKey(path: readonly PropertyKey[], known: readonly string[]): string {
  const key = path.map(String).join('.');
  const guess = nearest(key, known);
  return `has no "${key}"${guess === undefined ? `; it knows ${known.join(', ')}` : `; did you mean "${guess}"?`}`;
}
