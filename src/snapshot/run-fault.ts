import type { ApiFailure } from '../model/api-failure.ts';
import { EXIT, FatalError } from '../model/fatal.ts';

/** What a failed call means where it is the run's and no row's: the run ends, with the way on. */
export function runFault(failure: ApiFailure, doing: string): FatalError {
  const answer = [failure.code, failure.reason, failure.message]
    .filter((part) => part !== undefined)
    .join(': ');
  switch (failure.class) {
    case 'unreachable':
    case 'transient':
    case 'quota':
      return new FatalError(
        EXIT.unreachable,
        'google.unreachable',
        `Google cannot be reached (${doing}): ${answer}`,
        'Check the network, --api-url and proxies, then type the same command again.',
      );
    case 'aborted':
      return new FatalError(
        EXIT.tryAgain,
        'run.interrupted',
        `interrupted while ${doing}`,
        'Type the same command again: what is done is known.',
      );
    case 'unauthenticated':
      return new FatalError(
        EXIT.credentials,
        'google.unauthenticated',
        `Google refuses the credentials (${doing}): ${answer}`,
        'Check --key-file, --subject and CHANNELBOOK_ACCESS_TOKEN; a given token lasts an hour.',
      );
    case 'run':
    case 'refused':
      return new FatalError(
        EXIT.credentials,
        'google.refused',
        `Google refuses this account or project (${doing}): ${answer}`,
        'Check --account, that the Cloud Channel API is enabled, and that --subject is an admin of the reseller.',
      );
  }
}
