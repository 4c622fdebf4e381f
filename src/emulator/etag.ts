import { createHash } from 'node:crypto';

/** The ETag of a resource, in quotation marks as Google writes it: another one as soon as anything of it changes. */
export function etagOf(resource: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(resource)).digest('base64url').slice(0, 27)}"`;
}
