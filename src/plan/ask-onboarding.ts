import type { DirectoryReader } from '../google/directory.ts';
import type { ResellerReader } from '../google/reseller.ts';
import { assertNever } from '../model/assert-never.ts';
import type { ApiResult } from '../model/api-failure.ts';
import type { OnboardQuestion } from './decide-onboard.ts';
import { sentAddress } from './onboard-requests.ts';
import {
  tenantOf,
  tenantOfFailure,
  userOfFailure,
  type TenantLook,
  type UserLook,
  type UsersLook,
} from './tenant-facts.ts';

export interface OnboardReaders {
  readonly reseller: ResellerReader;
  readonly directory: DirectoryReader;
}

/** What Google answered about a row that is to be onboarded. */
export interface OnboardAnswer {
  readonly tenant?: TenantLook;
  readonly ownTenant?: TenantLook;
  readonly user?: UserLook;
  readonly hasUsers?: UsersLook;
}

/** Asks Google. That there is nothing, or nothing that we may see, is an answer; a failure says nothing about the row. */
export async function askOnboarding(
  question: OnboardQuestion,
  readers: OnboardReaders,
  signal: AbortSignal,
): Promise<ApiResult<OnboardAnswer>> {
  switch (question.kind) {
    case 'tenant': {
      const look = await lookAtTenant(question.customer, readers, signal);
      return look.kind === 'failed' ? look : { ...look, value: { tenant: look.value } };
    }
    case 'own': {
      const look = await lookAtTenant(question.customerId, readers, signal);
      return look.kind === 'failed' ? look : { ...look, value: { ownTenant: look.value } };
    }
    case 'user': {
      const look = await lookAtUser(question.email, readers, signal);
      return look.kind === 'failed' ? look : { ...look, value: { user: look.value } };
    }
    case 'users':
      return lookForUsers(question.customerId, readers, signal);
    default:
      return assertNever(question);
  }
}

export async function lookAtTenant(
  customer: string,
  { reseller }: Pick<OnboardReaders, 'reseller'>,
  signal: AbortSignal,
): Promise<ApiResult<TenantLook>> {
  const found = await reseller.getCustomer(customer, { signal });
  if (found.kind === 'ok') return { ...found, value: tenantOf(found.value) };
  const value = tenantOfFailure(found.failure);
  return value === undefined ? found : { kind: 'ok', value, calls: found.calls };
}

export async function lookAtUser(
  email: string,
  { directory }: Pick<OnboardReaders, 'directory'>,
  signal: AbortSignal,
): Promise<ApiResult<UserLook>> {
  const found = await directory.getUser(sentAddress(email), { signal });
  if (found.kind === 'ok') return { ...found, value: { kind: 'there', user: found.value } };
  const value = userOfFailure(found.failure);
  return value === undefined ? found : { kind: 'ok', value, calls: found.calls };
}

/** A server that does not know the method or the tenant names no users; one that forbids it names none that we may see. */
async function lookForUsers(
  customerId: string,
  { directory }: OnboardReaders,
  signal: AbortSignal,
): Promise<ApiResult<OnboardAnswer>> {
  const found = await directory.hasUsers(customerId, { signal });
  if (found.kind === 'ok') return { ...found, value: { hasUsers: found.value ? 'some' : 'none' } };
  if (found.failure.class !== 'refused') return found;
  const hasUsers = found.failure.code === 'PERMISSION_DENIED' ? 'unknown' : 'none';
  return { kind: 'ok', value: { hasUsers }, calls: found.calls };
}
