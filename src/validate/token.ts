import type { Problem } from '../model/customer.ts';
import type { Draft } from './draft.ts';
import { fault } from './rules.ts';
import { expiredToken } from './token-date.ts';

/** Shorter ones stand in other cells by chance. */
const TELLING_LENGTH = 8;
const BLANK = /\s/;

/** Faults of the token; its value is in no message, and its length neither. */
export function checkToken({ typed }: Draft): readonly Problem[] {
  const token = typed.auth_token;
  if (token === undefined) return [];
  const problems: Problem[] = [];
  if (BLANK.test(token)) {
    const message = 'auth_token contains a blank or a line break.';
    const hint = 'Paste the token again, alone and on one line.';
    problems.push(fault('auth_token.characters', 'auth_token', message, hint));
  }
  for (const column of cellsWith(token, typed)) {
    const message = `${column} contains the token, which is a secret and belongs into auth_token alone.`;
    problems.push(fault('auth_token.repeated', column, message, `Remove the token from ${column}.`));
  }
  return problems;
}

function cellsWith(token: string, typed: Draft['typed']): readonly string[] {
  if (token.length < TELLING_LENGTH) return [];
  const columns = Object.keys(typed) as (keyof typeof typed)[];
  return columns.filter((column) => column !== 'auth_token' && containsToken(typed[column] ?? '', token));
}

export function containsToken(text: string, token: string): boolean {
  return text.length >= token.length && text.toLowerCase().includes(token.toLowerCase());
}

/** Warnings about a row that is otherwise right. */
export function tokenWarnings({ typed, fields }: Draft, now: number): readonly Problem[] {
  const date = fields.auth_token_created;
  const warning = typed.auth_token === undefined || date === undefined ? undefined : expiredToken(date, now);
  return warning === undefined ? [] : [warning];
}
