import type { Problem } from '../model/customer.ts';
import { firstUser, onboardsTeam } from './admin.ts';
import type { Draft } from './draft.ts';
import { isPhoneInUse } from './phone-in-use.ts';
import { fault } from './rules.ts';
import { tokenWarnings } from './token.ts';

/**
 * What a row's writer should know although the row is right. They are counted by rule, and the first is shown for
 * all of them: their messages hold nothing of a cell.
 */
export function warningsOf(draft: Draft, now: number): readonly Problem[] {
  const phone = phoneWarnings(draft);
  if (draft.action !== 'onboard') return [...phone, ...tokenWarnings(draft, now)];
  return [...phone, ...unusedCells(draft)];
}

/** Of rows that send `phone`: to the Reseller API, or with the first user of a Cloud Identity. */
function phoneWarnings(draft: Draft): readonly Problem[] {
  const { action, fields } = draft;
  if (fields.phone === undefined || (action !== 'onboard' && firstUser(draft) === undefined)) return [];
  if (isPhoneInUse(fields.phone)) return [];
  const message =
    'The number in phone is in no range that its country uses; Google drops such numbers silently.';
  return [fault('phone.not_in_use', 'phone', message, 'Correct the number, or empty the cell.')];
}

/** Cells that onboard has no use for, though whoever filled them may expect one. */
function unusedCells(draft: Draft): readonly Problem[] {
  const { typed } = draft;
  const problems: Problem[] = [];
  if (typed.auth_token !== undefined) {
    const message = 'The token is not used: the action onboard makes a new customer and takes over nobody.';
    const hint = 'Set the action to import to take over a customer that exists.';
    problems.push(fault('auth_token.unused', 'auth_token', message, hint));
  }
  if (!onboardsTeam(draft)) return problems;
  if (typed.admin_email !== undefined) {
    const message = 'admin_email is not used: onboarding a team makes no user, its admin signs up by mail.';
    const hint = 'Name the admin in primary_admin_email, and empty the cell.';
    problems.push(fault('admin_email.unused', 'admin_email', message, hint));
  }
  if (typed.customer !== undefined) {
    const message = 'customer is not used: onboarding a team makes a new customer at the Reseller API.';
    problems.push(fault('customer.unused', 'customer', message, 'Empty the cell.'));
  }
  return problems;
}
