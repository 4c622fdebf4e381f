import type { CloudIdentityAccount } from '../google/answers.ts';
import type { Customer } from '../model/customer.ts';

/** What Google is asked about a row that the snapshot leaves open (`checkCloudIdentityAccountsExist`). */
export interface IdentityQuery {
  readonly domain: string;
  readonly primaryAdminEmail?: string;
}

/** Undefined where a row names no domain: Google cannot be asked. A team's is that of its people's addresses. */
export function identityQuery({ type, fields }: Customer): IdentityQuery | undefined {
  const { domain, primary_admin_email: primaryAdminEmail } = fields;
  const asked = domain ?? primaryAdminEmail?.split('@').at(-1)?.toLowerCase();
  if (asked === undefined) return undefined;
  return type === 'team' && primaryAdminEmail !== undefined
    ? { domain: asked, primaryAdminEmail }
    : { domain: asked };
}

/** Which of the Cloud Identities that Google knows a row is about. */
export type IdentityChoice =
  | { readonly kind: 'none' }
  /** `account` is undefined where the row itself names one that Google's answer does not single out. */
  | { readonly kind: 'one'; readonly account: CloudIdentityAccount | undefined }
  | { readonly kind: 'several'; readonly ids: readonly string[] }
  /** The row names another one than Google has on its domain. */
  | { readonly kind: 'other'; readonly ids: readonly string[] };

export function chooseIdentity(
  customer: Customer,
  accounts: readonly CloudIdentityAccount[],
): IdentityChoice {
  const existing = accounts.filter((account) => account.existing);
  const ids = existing.flatMap(({ cloudIdentityId }) => cloudIdentityId ?? []);
  const named = customer.fields.cloud_identity_id;
  if (existing.length === 0)
    return named === undefined ? { kind: 'none' } : { kind: 'one', account: undefined };
  if (named !== undefined) {
    const same = existing.find(({ cloudIdentityId }) => cloudIdentityId === named);
    return same === undefined && ids.length > 0 ? { kind: 'other', ids } : { kind: 'one', account: same };
  }
  if (existing.length === 1) return { kind: 'one', account: existing[0] };
  const isNamedByAdmin = customer.type === 'team' && customer.fields.primary_admin_email !== undefined;
  return isNamedByAdmin ? { kind: 'one', account: undefined } : { kind: 'several', ids };
}
