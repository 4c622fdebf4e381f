import type { Problem } from '../model/customer.ts';
import type { CellContext } from './cell-check.ts';
import { fault } from './rules.ts';

/** Google promises no form; every id seen is a C with letters and digits. */
const CLOUD_IDENTITY_ID = /^C[0-9A-Za-z_-]{1,63}$/;
const CUSTOMER_NAME = /^accounts\/([^/\s]+)\/customers\/([^/\s]+)$/;
const WHERE_TO_FIND = 'Copy the customer ID that the Admin console shows under Account settings.';

export function checkCloudIdentityId(value: string, context: CellContext): string | Problem {
  if (value === context.account) {
    const message = `The Cloud Identity ID ${context.show(value)} is the reseller's own account.`;
    return fault('cloud_identity_id.account', 'cloud_identity_id', message, WHERE_TO_FIND);
  }
  if (CLOUD_IDENTITY_ID.test(value)) return value;
  const message = `The Cloud Identity ID ${context.show(value)} ${whatItIs(value)}.`;
  return fault('cloud_identity_id.syntax', 'cloud_identity_id', message, idHint(value));
}

export function checkChannelPartnerId(value: string, context: CellContext): string | Problem {
  if (value === context.account) {
    const message = `The channel partner ${context.show(value)} is the reseller's own account.`;
    const hint = 'Leave the cell empty for customers without a channel partner.';
    return fault('channel_partner_id.account', 'channel_partner_id', message, hint);
  }
  if (CLOUD_IDENTITY_ID.test(value)) return value;
  const message = `The channel partner ${context.show(value)} ${whatItIs(value)}.`;
  const hint =
    "Write the partner's Cloud Identity ID, like C01abc234, as the Partner Sales Console shows it.";
  return fault('channel_partner_id.syntax', 'channel_partner_id', message, hint);
}

function whatItIs(value: string): string {
  if (value.includes('@')) return 'is an e-mail address';
  if (value.includes('/')) return 'is a resource name';
  if (value.includes('.')) return 'is a domain';
  return 'is not a C followed by letters and digits';
}

function idHint(value: string): string {
  if (CUSTOMER_NAME.test(value)) return 'Put a resource name into the column customer.';
  if (value.includes('@')) return "Put a team's admin address into the column primary_admin_email.";
  if (value.includes('.') && !value.includes('/')) return 'Put a domain into the column domain.';
  return WHERE_TO_FIND;
}

/** `accounts/A/customers/C` of the run's account; of any account where the run's is not known. */
export function checkCustomerName(value: string, context: CellContext): string | Problem {
  const account = CUSTOMER_NAME.exec(value)?.[1];
  if (account === undefined) {
    const message = `The customer ${context.show(value)} is no resource name.`;
    return fault(
      'customer.syntax',
      'customer',
      message,
      'Write it like accounts/C012345/customers/S01abc234.',
    );
  }
  if (context.account === undefined || account === context.account) return value;
  const message = `The customer ${context.show(value)} belongs to another account than ${context.account}.`;
  const hint = `Empty the cell, or name the customer under accounts/${context.account}.`;
  return fault('customer.other_account', 'customer', message, hint);
}

/** The id of an account that may be written as a resource name. */
export function accountId(account: string | undefined): string | undefined {
  return account?.replace(/^accounts\//, '');
}
