import type { Problem } from '../model/customer.ts';
import type { Draft } from './draft.ts';
import { fault } from './rules.ts';

/**
 * User names that Google takes: letters, digits, `-`, `_`, `'` and single inner dots ("Name guidelines for users
 * and groups", support.google.com/a/answer/9193374; that there are at most 64 characters is a rule of every
 * address). The page has come to allow some other symbols, warning of them; the Directory API's does not.
 */
const USER_NAME_CHARACTER = /[^a-z0-9_'.-]/i;
/** The same page: Google keeps these for itself. */
const RESERVED: ReadonlySet<string> = new Set(['abuse', 'postmaster']);

/** A row that onboards a team: its people sign up by themselves, and no user is made for it. */
export function onboardsTeam({ action, type }: Pick<Draft, 'action' | 'type'>): boolean {
  return action === 'onboard' && type === 'team';
}

/** The address of the first user that the row would have made, where it would; an import makes none. */
export function firstUser(draft: Draft): string | undefined {
  return draft.action === 'import' || onboardsTeam(draft) ? undefined : draft.fields.admin_email;
}

/** An admin is an address with both names; without an address there is none (contract, section 2). */
export function checkAdmin(draft: Draft): readonly Problem[] {
  const { action, type, typed } = draft;
  if (typed.admin_email === undefined || onboardsTeam(draft)) return [];
  const problems = type === 'domain' ? checkUserName(draft) : [];
  // There, the admin is required as a whole, and each empty cell is told already.
  if (action === 'provision' || action === 'onboard') return problems;
  return [...problems, ...missingNames(typed)];
}

function missingNames(typed: Draft['typed']): readonly Problem[] {
  return (['admin_given_name', 'admin_family_name'] as const)
    .filter((column) => typed[column] === undefined)
    .map((column) =>
      fault(
        'admin.incomplete',
        column,
        `The row has an admin_email, but ${column} is empty.`,
        `Fill ${column}, or empty admin_email.`,
      ),
    );
}

/** Of a user on the customer's own domain, who is new; a team's admin may have an address of any kind. */
function checkUserName(draft: Draft): readonly Problem[] {
  const address = firstUser(draft);
  if (address === undefined) return [];
  const name = address.slice(0, address.lastIndexOf('@'));
  const wrong = USER_NAME_CHARACTER.exec(name)?.[0];
  if (wrong !== undefined) {
    const message = `The user name of admin_email ${draft.show(address)} holds ${draft.show(wrong)}, which Google does not take.`;
    const hint = 'Use letters, digits, hyphens, underscores, apostrophes and single dots before the @.';
    return [fault('admin_email.user_name', 'admin_email', message, hint)];
  }
  if (!RESERVED.has(name.toLowerCase())) return [];
  const message = `The user name of admin_email ${draft.show(address)} is one that Google keeps for itself.`;
  const hint = 'Write another name before the @, such as admin.';
  return [fault('admin_email.reserved', 'admin_email', message, hint)];
}
