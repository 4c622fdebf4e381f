import { createHash } from 'node:crypto';

import { invalidField } from './errors.ts';

/** A token for the page after `order`, good only for the list that `scope` names (parent, filter). */
export function writePageToken(scope: string, order: number): string {
  return Buffer.from(`${fingerprint(scope)}.${order}`).toString('base64url');
}

/** The place after which the page starts; -1 without a token. Throws INVALID_ARGUMENT for a token of another list. */
export function readPageToken(scope: string, token: string | undefined): number {
  if (token === undefined || token === '') return -1;
  const [owner, order] = Buffer.from(token, 'base64url').toString().split('.');
  if (owner !== fingerprint(scope) || order === undefined || !/^\d+$/.test(order)) {
    throw invalidField('page_token', 'The page token is not one of this list and filter.');
  }
  return Number(order);
}

function fingerprint(scope: string): string {
  return createHash('sha256').update(scope).digest('hex').slice(0, 16);
}
