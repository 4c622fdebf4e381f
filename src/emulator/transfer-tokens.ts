import type { State } from './state.ts';
import type { Identity } from './world-schema.ts';

const DAY_MS = 86_400_000;

/**
 * Whether the token is one of the identity's and has not expired. It counts from when it was made
 * (https://support.google.com/channelservices/answer/9547629).
 */
export function isGoodToken(state: State, identity: Identity, token: string): boolean {
  const createdAt = state.identities.tokenCreatedAt(identity, token);
  const lifeMs = state.switches.transferTokenDays * DAY_MS;
  return createdAt !== undefined && state.now() - createdAt < lifeMs;
}
