import type { Bucket } from '../model/bucket.ts';

/** Reseller and Channel need this one scope (Cloud Channel API v1, "Authorization scopes"). */
export const CHANNEL_SCOPE = 'https://www.googleapis.com/auth/apps.order';

/** `users.insert`, `get`, `makeAdmin` and `customers.patch` (Directory API v1, "Authorization scopes" of each method). */
export const DIRECTORY_SCOPES = [
  'https://www.googleapis.com/auth/admin.directory.user',
  'https://www.googleapis.com/auth/admin.directory.customer',
] as const;

/**
 * The scopes that calls of a bucket need. Tokens are asked for apart: one with a scope that nobody has granted is
 * refused as a whole, and whoever only imports has no reason to grant those of the Directory API.
 */
export function scopesOf(bucket: Bucket): readonly string[] {
  return bucket === 'directory' ? DIRECTORY_SCOPES : [CHANNEL_SCOPE];
}
