import type { State } from './state.ts';
import { findUser } from './tenant-users.ts';
import type { User } from './user-store.ts';
import { timestamp } from './when.ts';
import { WorldError } from './world.ts';

/**
 * What happens when a user signs in: it sets the password that is its own, and accepts the terms. Throws WorldError
 * where nobody has the address.
 */
export function signIn(state: State, address: string): User {
  const user = findUser(state, address);
  if (user === undefined) {
    throw new WorldError(
      [{ path: 'primaryEmail', message: `no user has the address ${address}` }],
      'sign-in',
    );
  }
  return state.users.replace({
    ...user,
    agreedToTerms: true,
    changePasswordAtNextLogin: false,
    lastLoginTime: timestamp(state.now()),
  });
}
