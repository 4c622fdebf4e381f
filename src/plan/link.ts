import type { Customer } from '../model/customer.ts';
import type { Candidate, Matches } from '../model/matches.ts';

export type Link =
  | { readonly kind: 'linked'; readonly candidate: Candidate }
  | { readonly kind: 'unlinked' }
  /** One identifier matches several customers. */
  | { readonly kind: 'several'; readonly column: string; readonly names: readonly string[] }
  /** Two identifiers name different customers. */
  | {
      readonly kind: 'contradiction';
      readonly columns: readonly string[];
      readonly names: readonly string[];
    };

/** Identifiers in the order in which they decide (contract, section 3). */
const IDENTIFIERS = ['customer', 'cloud_identity_id', 'id', 'domain'] as const;

/**
 * Finds the customer that a row is about.
 *
 * Several matches of one identifier are narrowed by a stronger one (`customer` names one of two with the same
 * domain). What the ledger knows counts only where no identifier matches anything: a team that was imported by
 * its admin's address carries nothing else by which it could be recognised.
 */
export function findLink(customer: Customer, matches: Matches): Link {
  let linked: { readonly column: string; readonly candidate: Candidate } | undefined;
  for (const column of IDENTIFIERS) {
    const found = matches[column] ?? [];
    if (found.length === 0) continue;
    if (linked !== undefined) {
      const { candidate, column: first } = linked;
      if (found.some((other) => other.customer.name === candidate.customer.name)) continue;
      return contradiction([first, column], [candidate, ...found]);
    }
    const [candidate] = found;
    if (found.length > 1 || candidate === undefined) {
      const narrowed = narrow(customer, found);
      if (narrowed === undefined) return { kind: 'several', column, names: names(found) };
      linked = { column, candidate: narrowed };
    } else {
      linked = { column, candidate };
    }
  }
  const candidate = linked?.candidate ?? matches.ledger?.[0];
  if (candidate === undefined) return { kind: 'unlinked' };
  const named = customer.fields.customer;
  if (named !== undefined && candidate.customer.name !== named)
    return contradiction(['customer'], [candidate]);
  return contradictsIdentity(customer, candidate) ?? { kind: 'linked', candidate };
}

/** Of several matches the only one whose Cloud Identity is the row's; a row without one cannot choose. */
function narrow(customer: Customer, found: readonly Candidate[]): Candidate | undefined {
  const wanted = customer.fields.cloud_identity_id;
  if (wanted === undefined) return undefined;
  const same = found.filter((candidate) => candidate.customer.cloudIdentityId === wanted);
  return same.length === 1 ? same[0] : undefined;
}

/** A row that names a Cloud Identity is not about a customer that has another one. */
function contradictsIdentity(customer: Customer, candidate: Candidate): Link | undefined {
  const wanted = customer.fields.cloud_identity_id;
  const has = candidate.customer.cloudIdentityId;
  if (wanted === undefined || has === undefined || wanted === has) return undefined;
  return { kind: 'contradiction', columns: ['cloud_identity_id'], names: names([candidate]) };
}

function contradiction(columns: readonly string[], found: readonly Candidate[]): Link {
  return { kind: 'contradiction', columns, names: names(found) };
}

function names(found: readonly Candidate[]): readonly string[] {
  return found.map((candidate) => candidate.customer.name);
}
