import { LegacyError, notAuthorized, resourceNotFound } from './legacy-errors.ts';
import type { State } from './state.ts';
import type { User } from './user-store.ts';

/*
 * A user is not complete as soon as users.insert has answered: for a while calls about it fail as if it were not there,
 * not allowed, or as they should. https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/insert
 */

const IN_TURN = [incomplete, () => resourceNotFound('userKey'), notAuthorized] as const;

/** Throws while the user is not complete, as switch userWindowAnswer says. */
export function requireComplete(state: State, user: User): void {
  const { userWindowMs, userWindowAnswer } = state.switches;
  const madeAtMs = state.users.madeAtMs(user);
  if (madeAtMs === undefined || state.monotonic() - madeAtMs >= userWindowMs) return;
  const refusals = state.users.countRefusal(user);
  switch (userWindowAnswer) {
    case '412':
      throw incomplete();
    case '404':
      throw resourceNotFound('userKey');
    case '403':
      throw notAuthorized();
    case 'mixed':
      throw (IN_TURN[refusals % IN_TURN.length] ?? incomplete)();
  }
}

function incomplete(): LegacyError {
  return new LegacyError(412, { reason: 'conditionNotMet', message: 'User creation is not complete.' });
}
