/** The top-level fields of a customer that `customers.patch` may write, in the order in which they are told. */
export const PATCHABLE = [
  'orgDisplayName',
  'orgPostalAddress',
  'primaryContactInfo',
  'alternateEmail',
  'languageCode',
  'correlationId',
] as const;
export type PatchableField = (typeof PATCHABLE)[number];
