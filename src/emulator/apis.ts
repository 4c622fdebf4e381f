import type { Bucket } from './world-schema.ts';

/** How an API writes its errors: `google.rpc.Status`, or the form of the Reseller and Directory APIs. */
export type ErrorFormat = 'status' | 'legacy';

/** The paths of each API below the prefix, and how it writes its errors. */
const APIS: readonly { readonly path: string; readonly errors: ErrorFormat }[] = [
  { path: '/v1/', errors: 'status' },
  { path: '/apps/reseller/v1/', errors: 'legacy' },
  { path: '/admin/directory/v1/', errors: 'legacy' },
];

const LEGACY_BUCKETS: ReadonlySet<Bucket> = new Set<Bucket>(['reseller', 'directory']);

export function errorFormatOf(bucket: Bucket): ErrorFormat {
  return LEGACY_BUCKETS.has(bucket) ? 'legacy' : 'status';
}

/** How errors are written at the path; undefined where no API has it. */
export function errorFormatAt(path: string): ErrorFormat | undefined {
  return APIS.find((api) => path.startsWith(api.path))?.errors;
}

/** The path without its API's own part: `customers/C0abc` for `/apps/reseller/v1/customers/C0abc`. */
export function pathInApi(path: string): string {
  const api = APIS.find((candidate) => path.startsWith(candidate.path));
  return api === undefined ? path : path.slice(api.path.length);
}
